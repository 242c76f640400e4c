-- requires: sql/functions/auth.member_role.sql, sql/functions/auth.role_rank.sql
--
-- Whom the key of a machine stands for.
--
--     in   key_hash (base64)
--     out  claims
--     or   refused: api_key_unknown (never made, revoked, too old, or its owner lost what the key is for)
--
-- A key is never above its team member: who is demoted, disabled or gone takes their keys along.
create or replace function auth.use_api_key(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    used auth.api_keys;
begin
    select k.*
    into used
    from auth.api_keys as k
    left join public.team_members as m on m.id = k.team_member_id
    left join public.clients as c on c.id = k.client_id
    where k.key_hash = decode(request ->> 'key_hash', 'base64')
        and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > now())
        and case
            when k.team_member_id is not null then
                m.id is not null
                and auth.role_rank(k.role) <= auth.role_rank(auth.member_role(m.role, m.department))
                and not exists (
                    select
                    from auth.accounts as a
                    where a.team_member_id = k.team_member_id
                        and a.status = 'disabled'
                )
            when k.client_id is not null then c.erased_at is null and c.id is not null
            else true
        end;
    if not found then
        return jsonb_build_object('refused', 'api_key_unknown');
    end if;
    -- to the minute: a key that is used a thousand times a second is not written as often
    update auth.api_keys as k
    set last_used_at = now()
    where k.id = used.id
        and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
    return jsonb_build_object(
        'claims', jsonb_strip_nulls(
            jsonb_build_object(
                'role', used.role,
                'client_id', used.client_id,
                'team_member_id', used.team_member_id,
                'api_key', used.id
            )
        )
    );
end
$$;
comment on function auth.use_api_key(jsonb) is
'The claims of whoever has the key of a machine.';
revoke all on function auth.use_api_key(jsonb) from public;
grant execute on function auth.use_api_key(jsonb) to desk_worker;
