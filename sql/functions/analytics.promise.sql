-- What a clock counts in tickets.promises, nine counters in one number: THE place where its bits are laid out;
-- analytics.promise_measures takes them apart.
--
--                      met        breached   running
--     first_response   bit 0      bit 2      bit 4       2 bits each: a ticket has one
--     resolution       bit 6      bit 8      bit 10      2 bits each: a ticket has one
--     next_response    bit 14     bit 38     bit 12      24, 24 and 2 bits: one at most waits
--
-- As public.clock_state, but that an overdue clock runs until its breach is recorded (ops.record_breaches): what
-- changes with nothing but time is not added up. Dropped, or never promised, counts nowhere. Inlined.
create or replace function analytics.promise(
    metric text,
    target_seconds integer,
    due_at timestamptz,
    stopped_at timestamptz,
    is_done boolean,
    breached_at timestamptz
)
returns bigint
language sql
immutable
parallel safe
as $$
    select case
        when target_seconds is null then 0
        when stopped_at is null and breached_at is null
            then case metric when 'first_response' then 1 << 4 when 'resolution' then 1 << 10 else 1 << 12 end
        when stopped_at is null or due_at < stopped_at
            then case metric when 'first_response' then 1 << 2 when 'resolution' then 1 << 8 else 1::bigint << 38 end
        when is_done
            then case metric when 'first_response' then 1 when 'resolution' then 1 << 6 else 1 << 14 end
        else 0
    end
$$;
comment on function analytics.promise(text, integer, timestamptz, timestamptz, boolean, timestamptz) is
'What a clock counts in tickets.promises.';
revoke all on function analytics.promise(text, integer, timestamptz, timestamptz, boolean, timestamptz) from public;
