-- requires: sql/functions/auth.admit.sql, sql/functions/auth.audit_account.sql, sql/functions/auth.end_sessions.sql
-- requires: sql/functions/auth.follow_role.sql, sql/functions/auth.member_role.sql
--
-- Makes somebody an admin, or sees that they are one: a team member with that role, an active account, and what they come in
-- with. For `rowdesk admin create`, which runs as the owner: before there is an admin nobody else could do it.
--
--     in   email; name, for who is not there yet; password_hash; token_hash (base64) and token_seconds: of a link; all but the
--          email may be absent
--     out  email; is_new: nobody was an admin with that email; has_password
--     or   refused: why, for whoever runs the command
--
-- Calling it again changes nothing but the password or the link that it is given.
create or replace function auth.create_admin(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    address constant text := lower(btrim(request ->> 'email'));
    called constant text := nullif(btrim(request ->> 'name'), '');
    member public.team_members;
    before auth.accounts;
    who auth.accounts;
    is_new boolean;
begin
    if length(address) > 255 or address !~ '^[^][\s@<>(),:;"\\]+@[^][\s@<>(),:;"\\]+$' then
        return jsonb_build_object('refused', format('%s is no email address, as ann@example.com', request ->> 'email'));
    end if;
    if exists (select from public.clients as c where lower(c.email) = address)
        or exists (select from public.client_contacts as c where lower(c.email) = address)
        or exists (select from auth.accounts as a where a.email = address and a.client_id is not null)
    then
        return jsonb_build_object('refused', format('%s is the email of a client; take another', address));
    end if;

    select a.* into before from auth.accounts as a where a.email = address for update;
    select m.*
    into member
    from public.team_members as m
    where m.id = before.team_member_id
        or before.team_member_id is null and lower(m.email) = address
    order by m.id
    limit 1;
    if exists (select from auth.accounts as a where a.team_member_id = member.id and a.id is distinct from before.id) then
        return jsonb_build_object(
            'refused', format('the team member with the email %s has an account with another one; take that', address)
        );
    end if;
    is_new := before.id is null or before.role <> 'desk_admin' or before.status <> 'active';
    if member.id is null then
        insert into public.team_members (username, email, department, role)
        values (left(coalesce(called, split_part(address, '@', 1)), 100), address, 'support', 'admin')
        returning * into member;
    elsif member.role is distinct from 'admin' then
        update public.team_members as m set role = 'admin' where m.id = member.id;
    end if;

    perform auth.admit(address);
    update auth.accounts as a
    set team_member_id = member.id,
        role = 'desk_admin',
        status = 'active',
        -- who runs the command vouches for it
        email_confirmed_at = coalesce(a.email_confirmed_at, now()),
        password_hash = coalesce(request ->> 'password_hash', a.password_hash),
        password_set_at = case when request ? 'password_hash' then now() else a.password_set_at end
    where a.email = address
    returning a.* into who;
    if request ? 'password_hash' then
        perform auth.end_sessions(who.id, 'the password was changed');
        delete from auth.one_time_tokens as t where t.account_id = who.id;
    end if;
    if request ? 'token_hash' then
        insert into auth.one_time_tokens (token_hash, account_id, kind, expires_at)
        values (
            decode(request ->> 'token_hash', 'base64'),
            who.id,
            'recovery',
            now() + make_interval(secs => (request ->> 'token_seconds')::integer)
        );
    end if;
    if is_new then
        perform auth.audit_account('create_admin', before, who);
    end if;
    return jsonb_build_object('email', who.email, 'is_new', is_new, 'has_password', who.password_hash is not null);
end
$$;
comment on function auth.create_admin(jsonb) is
'Makes somebody an admin, for whoever runs the database.';
revoke all on function auth.create_admin(jsonb) from public;
-- NOTE: for the owner only.
