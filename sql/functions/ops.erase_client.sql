-- requires: sql/functions/ops.without_texts.sql, sql/functions/auth.key_hash.sql, sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql
--
-- The rest of an erasure (ops.stamp_erasure is the client's own row): what people wrote or were called
-- goes; ids, times, statuses, ratings, amounts and assignments stay, so every figure stays as it was.
-- Definer: nobody may change messages or see accounts. Only who may write clients.erased_at comes here.
--
-- The client's row is held by now: who was writing for it is done, who comes later waits and is refused
-- (ops.refuse_erased). Each statement below sees what was committed meanwhile. tests/erasure/traces.rs
-- marks every text that a client can leave and looks for it in every table afterwards.
--
-- The history comes last: what is changed here has left its old values there.
-- Erasing twice is allowed, and sweeps up what the owner has loaded since.
create or replace function ops.erase_client()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    emails constant text[] := array(
        select lower(old.email)
        union
        select lower(c.email) from public.client_contacts as c where c.client_id = new.id
        union
        select a.email from auth.accounts as a where a.client_id = new.id
    );
    its_tickets constant integer[] := array(select t.id from public.tickets as t where t.client_id = new.id);
    -- A tag is a word of the desk where others' tickets have it too, and figures are filtered by those.
    -- One that only this client's tickets have may be a name.
    shared_tags constant text[] := array(
        select mine.tag
        from (
            select distinct tag
            from public.tickets as t
            cross join unnest(t.tags) as tag
            where t.client_id = new.id
        ) as mine
        where exists (
            select
            from public.tickets as other
            where other.tags @> array[mine.tag]
                and other.client_id <> new.id
        )
    );
    accounts uuid[];
begin
    -- Before the limits, as whoever signs in: the account, then its limit. Sessions, tokens and mails go along.
    with gone as (
        delete from auth.accounts as a
        where a.client_id = new.id
            -- lost its client, and would find it again by its address
            or a.client_id is null and a.role = 'desk_client' and a.email = any (emails)
        returning a.id
    )
    select array_agg(g.id) into accounts from gone as g;
    delete from auth.sign_in_limits as l
    where l.key_hash in (
        select auth.key_hash(k.kind, e.email)
        from unnest(emails) as e (email)
        cross join (values ('account'), ('mails to account')) as k (kind)
    );
    delete from auth.api_keys as k where k.client_id = new.id;
    delete from public.client_contacts as c where c.client_id = new.id;

    update public.tickets as t
    set title = 'Erased',
        description = '',
        custom_fields = '{}',
        metadata = '{}',
        tags = array(
            select u.tag
            from unnest(t.tags) with ordinality as u (tag, nth)
            where u.tag = any (shared_tags)
            order by u.nth
        ),
        created_by = case when t.created_by = any (accounts) then null else t.created_by end
    where t.client_id = new.id;

    update public.ticket_messages as m
    set message_text = 'Erased',
        metadata = '{}',
        created_by = case when m.created_by = any (accounts) then null else m.created_by end
    where m.ticket_id = any (its_tickets);

    update public.ticket_feedback as f
    set feedback_text = null, metadata = '{}'
    where f.ticket_id = any (its_tickets);

    update public.ticket_assignees as a set metadata = '{}' where a.ticket_id = any (its_tickets) and a.metadata <> '{}';
    update public.payments as p set metadata = '{}' where p.client_id = new.id and p.metadata <> '{}';

    -- That it happened stays, and who of the team did it; what was said, and who of the client, does not.
    delete from public.ticket_events as e
    where e.ticket_id = any (its_tickets)
        and (
            e.metadata ? 'custom_field'
            or e.field_name not in (
                'client_id', 'ticket_type_id', 'source_channel', 'merged_into', 'created_at', 'resolved_at', 'closed_at'
            )
        );
    update public.ticket_events as e
    set old_value = ops.without_texts(e.old_value),
        new_value = case e.type
            when 'created' then ops.without_texts(e.new_value) || jsonb_build_object(
                'title', t.title,
                'description', t.description,
                'custom_fields', t.custom_fields,
                'metadata', t.metadata,
                'tags', t.tags,
                'created_by', t.created_by
            )
            else ops.without_texts(e.new_value)
        end,
        metadata = coalesce(
            (
                select jsonb_object_agg(f.key, f.value)
                from jsonb_each(e.metadata) as f
                where f.key in ('collaborator', 'backfilled')
            ),
            '{}'
        ),
        actor_id = case when m.id is not null then e.actor_id end,
        actor_first_name = coalesce(m.first_name, m.display_name),
        actor_last_name = m.last_name
    from public.tickets as t, public.ticket_events as same
    left join public.team_members as m on m.id = same.actor_team_member_id
    where e.ticket_id = any (its_tickets)
        and t.id = e.ticket_id
        and same.id = e.id;

    -- Whose answers they are is not to be seen, and anybody's may hold the client's texts. So all bodies go;
    -- the keys stay, so that no write that is sent again happens twice.
    update kept.idempotency_keys as k set body = '' where k.body <> '';

    insert into ops.audit (action, relation, row_id, role, account_id, team_member_id)
    values (
        'erase',
        'public.clients',
        new.id,
        -- in a definer function current_user is the owner
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        claims.account_id(),
        claims.team_member_id()
    );
    return null;
end
$$;
comment on function ops.erase_client() is
'Trigger: an erased client leaves figures and no texts, no people and no accounts.';
revoke all on function ops.erase_client() from public;

create or replace trigger erase_client
after update of erased_at on public.clients
for each row
when (new.erased_at is not null)
execute function ops.erase_client();
