-- A value in the history of an erased client's ticket, less what somebody wrote: numbers, the desk's own
-- words (statuses, priorities, channels) and times stay; of a whole state those of its columns.
create or replace function ops.without_texts(value jsonb)
returns jsonb
language sql
stable
parallel safe
as $$
    select case jsonb_typeof(value)
        when 'object' then (
            select coalesce(jsonb_object_agg(f.key, f.value), '{}')
            from jsonb_each(value) as f
            where f.key in (
                'client_id', 'ticket_type_id', 'status', 'priority', 'assigned_to', 'source_channel',
                'merged_into', 'created_at', 'resolved_at', 'closed_at', 'rating'
            )
        )
        when 'string' then (
            select value
            where value #>> '{}' in (
                'low', 'medium', 'high', 'urgent',
                'email', 'web', 'chat', 'widget', 'portal', 'api',
                'first_response', 'next_response', 'resolution'
            )
                or exists (select from public.ticket_statuses as s where s.code = value #>> '{}')
                or value #>> '{}' ~ '^\d{4}-\d\d-\d\dT[0-9:.+-]+$'
        )
        when 'number' then value
    end
$$;
comment on function ops.without_texts(jsonb) is
'A value of the history without what somebody wrote.';
revoke all on function ops.without_texts(jsonb) from public;
