-- What a DBA adds with SQL alone: a filter type, functions that take it, in a schema of its own.
-- the owner may create types in filter; a new schema is the database owner's to make
create schema shop authorization desk_owner;
set role desk_owner;

create type filter.money as (least numeric, most numeric, banned numeric[]);

create function filter.to_money(value text)
returns numeric
language plpgsql
immutable
set search_path = ''
as $$
begin
    if value !~ '^\d+(\.\d\d)?$' then
        perform filter.refuse('money', value, 'expected an amount such as 12.50');
    end if;
    return value::numeric;
end
$$;

create function filter.money_gte(value text)
returns filter.money language sql immutable
as $$ select row(filter.to_money(value), null, null)::filter.money $$;

create function filter.money_between(value text)
returns filter.money language sql immutable
as $$
    select row(
        filter.to_money(split_part(value, '..', 1)), filter.to_money(split_part(value, '..', 2)), null
    )::filter.money
$$;

create function filter.money_not_in("values" text[])
returns filter.money language sql immutable
as $$ select row(null, null, array(select filter.to_money(v) from unnest("values") as v))::filter.money $$;

-- "free", an operator of one's own invention
create function filter.money_is_free()
returns filter.money language sql immutable
as $$ select row(0, 0, null)::filter.money $$;

create function filter.holds(condition filter.money, value numeric)
returns boolean language sql immutable
as $$
    select (condition.least is null or value >= condition.least)
        and (condition.most is null or value <= condition.most)
        and (condition.banned is null or value <> all (condition.banned))
$$;

create type shop.order_filter as (amount filter.money, color filter.labels);

create table shop.orders (id integer, amount numeric, color text);
insert into shop.orders
values (1, 0, 'red'), (2, 10, 'red'), (3, 12.5, 'blue'), (4, 20, null), (5, 99, 'blue');

-- a parameter of a filter type, beside an ordinary one
create function shop.orders_of(amount filter.money default null, least_id integer default 0)
returns table (id integer, color text)
language sql stable
as $$
    select o.id, o.color
    from shop.orders as o
    where filter.holds(orders_of.amount, o.amount)
        and o.id >= least_id
    order by o.id
$$;

-- a widget
create function shop.totals(where_orders shop.order_filter default null)
returns table (paint text, orders bigint, total numeric)
language sql stable
as $$
    select coalesce(o.color, 'none'), count(*), sum(o.amount)
    from shop.orders as o
    where filter.holds(where_orders.amount, o.amount)
        and filter.holds(where_orders.color, o.color)
    group by o.color
    order by 1
$$;

-- one that gives a single number
create function shop.turnover(where_orders shop.order_filter)
returns numeric
language sql stable
as $$
    select sum(o.amount)
    from shop.orders as o
    where filter.holds(where_orders.amount, o.amount)
        and filter.holds(where_orders.color, o.color)
$$;

create function shop.plain(a integer, b integer default 2)
returns integer language sql immutable
as $$ select a + b $$;

grant usage on schema shop to desk_agent;
grant select on shop.orders to desk_agent;
grant execute on all functions in schema shop to desk_agent;
grant execute on all functions in schema filter to desk_agent;

reset role;
