-- Whoever writes, and however: numeric holds NaN, which JSON sends as text, and one of them makes every
-- sum over it NaN. Infinity does not fit numeric(10,2). Only a value that changes is looked at, so that
-- an adopted row can still be corrected.
create or replace function ops.check_amount()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    raise exception 'an amount is a number'
        using errcode = 'check_violation',
            hint = 'Say an amount in US dollars, such as 99.90.';
end
$$;
comment on function ops.check_amount() is
'Trigger: refuses money that is no number (23514).';
revoke all on function ops.check_amount() from public;

create or replace trigger check_amount_insert
before insert on public.payments
for each row
when (new.amount_usd = 'NaN')
execute function ops.check_amount();

create or replace trigger check_amount_update
before update of amount_usd on public.payments
for each row
when (new.amount_usd = 'NaN' and new.amount_usd is distinct from old.amount_usd)
execute function ops.check_amount();

create or replace trigger check_amount_insert
before insert on public.clients
for each row
when (new.monthly_budget = 'NaN')
execute function ops.check_amount();

create or replace trigger check_amount_update
before update of monthly_budget on public.clients
for each row
when (new.monthly_budget = 'NaN' and new.monthly_budget is distinct from old.monthly_budget)
execute function ops.check_amount();
