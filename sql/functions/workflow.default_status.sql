-- The status that stands for a category, where a function or a message moves a ticket. An admin may have
-- left a category without one: then nothing is moved there, and whoever asks is told (PT409).
create or replace function workflow.default_status(category text)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    wanted constant text := (
        select s.code from public.ticket_statuses as s where s.category = default_status.category and s.is_default
    );
begin
    if wanted is null then
        raise exception 'no status stands for "%"', category
            using errcode = 'PT409',
                hint = 'An admin says which: PATCH /ticket_statuses?code=eq.… {"is_default": true}.';
    end if;
    return wanted;
end
$$;
comment on function workflow.default_status(text) is
'The status that stands for a category; an error where none does.';
revoke all on function workflow.default_status(text) from public;
grant execute on function workflow.default_status(text) to desk_internal, desk_service;
