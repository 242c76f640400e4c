-- requires: sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql
--
-- One row of the audit, of one row that was added (no before), changed, or deleted (no after): who did
-- it, which row, which columns. Values stand here only of the columns that `kept` names. An update that
-- changes nothing of it leaves nothing.
create or replace function ops.keep_change(
    relation text, key text, kept text[], before jsonb, after jsonb
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
    row_key constant jsonb := coalesce(after, before) -> key;
    columns constant text[] := array(
        select c.key
        from jsonb_each(after) as c
        where before is not null
            and c.key <> 'updated_at'
            and c.value is distinct from before -> c.key
        order by c.key
    );
    is_update constant boolean := before is not null and after is not null;
begin
    if is_update and columns = '{}' then
        return;
    end if;
    insert into ops.audit (action, relation, row_id, details, role, account_id, team_member_id)
    select
        case when before is null then 'insert' when after is null then 'delete' else 'update' end,
        keep_change.relation,
        case jsonb_typeof(row_key) when 'number' then row_key::bigint end,
        jsonb_strip_nulls(
            jsonb_build_object(
                'key', case jsonb_typeof(row_key) when 'string' then row_key end,
                'columns', case when is_update then to_jsonb(columns) end,
                'old', jsonb_object_agg(k.name, before -> k.name) filter (where before ? k.name),
                'new', jsonb_object_agg(k.name, after -> k.name) filter (where after ? k.name)
            )
        ),
        -- in a definer function current_user is the owner
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        claims.account_id(),
        claims.team_member_id()
    from unnest(kept) as k (name)
    where not is_update
        or k.name = any (columns);
end
$$;
comment on function ops.keep_change(text, text, text[], jsonb, jsonb) is
'Writes one row of the audit.';
revoke all on function ops.keep_change(text, text, text[], jsonb, jsonb) from public;
