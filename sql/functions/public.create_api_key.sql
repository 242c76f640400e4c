-- requires: sql/functions/auth.caller_is_admin.sql, sql/functions/auth.role_rank.sql, sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql, sql/policies/auth.api_keys.sql
--
-- A key for a machine. Definer: the schema auth is closed; only who administers the desk may call it, in a session that
-- goes on. A key makes no keys: they would outlive it.
--
--     23502  no name, no role
--     23514  a role that there is not, or without exactly the link that it asks for
--     23503  a client or a team member that does not exist
--     42501  a key that asks, or a session that has ended; more rights than the team member has
--     PT400  with Idempotency-Key
--     23505  a name that another key has
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the admins alone, within a session that goes on
create or replace function public.create_api_key(
    name text,
    role text,
    client_id integer default null,
    team_member_id integer default null,
    expires_at timestamptz default null
)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    -- 244 random bits
    key constant text := 'rdk_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
    is_linked constant boolean := case role
        when 'desk_service' then num_nonnulls(client_id, team_member_id) = 0
        when 'desk_client' then client_id is not null and team_member_id is null
        else auth.role_rank(role) is not null and team_member_id is not null and client_id is null
    end;
    member public.team_members;
    made auth.api_keys;
begin
    if not auth.caller_is_admin() or nullif(current_setting('request.jwt.claims', true), '')::jsonb ? 'api_key' then
        raise exception 'a key makes no keys'
            using errcode = 'insufficient_privilege',
                hint = 'An admin who is signed in can.';
    end if;
    -- the answer would be kept, and be told again
    if nullif(current_setting('request.headers', true), '')::jsonb ? 'idempotency-key' then
        raise exception 'a key is told once, so the request for it is not answered twice'
            using errcode = 'PT400',
                hint = 'Leave out Idempotency-Key: of two keys with one name the second is refused.';
    end if;
    if name is null or role is null then
        raise exception '% is missing', case when name is null then 'name' else 'role' end
            using errcode = 'not_null_violation',
                hint = 'Say {"name": "nightly export", "role": "desk_service"}.';
    end if;
    if not is_linked then
        raise exception 'no key is for role % of client_id % and team_member_id %', role, client_id, team_member_id
            using errcode = 'check_violation',
                hint = 'Say role desk_service alone; desk_client with client_id; desk_agent, desk_manager or desk_admin with team_member_id.';
    end if;
    if client_id is not null and not exists (
        select
        from public.clients as c
        where c.id = create_api_key.client_id
            and c.erased_at is null
    ) then
        raise exception 'there is no client %', client_id
            using errcode = 'foreign_key_violation',
                hint = 'GET /clients?select=id,client_name lists them.';
    end if;
    if team_member_id is not null then
        select * into member from public.team_members as m where m.id = create_api_key.team_member_id for share;
        if not found then
            raise exception 'there is no team member %', team_member_id
                using errcode = 'foreign_key_violation',
                    hint = 'GET /team_members?select=id,display_name lists them.';
        end if;
        if auth.role_rank(role) > auth.role_rank(auth.member_role(member.role, member.department)) then
            raise exception 'team member % is no %', team_member_id, role
                using errcode = 'insufficient_privilege',
                    hint = format('A key has no more rights than its team member: %s at most.', auth.member_role(member.role, member.department));
        end if;
    end if;
    if expires_at <= now() then
        raise exception 'expires_at is in the past'
            using errcode = 'check_violation',
                hint = 'Leave it out for a key that works until it is revoked.';
    end if;
    insert into auth.api_keys (name, key_hash, role, client_id, team_member_id, created_by, expires_at)
    values (
        btrim(create_api_key.name),
        sha256(convert_to(key, 'UTF8')),
        create_api_key.role,
        create_api_key.client_id,
        create_api_key.team_member_id,
        claims.account_id(),
        create_api_key.expires_at
    )
    on conflict do nothing
    returning * into made;
    if made.id is null then
        raise exception 'there is a key named %', btrim(name)
            using errcode = 'unique_violation',
                hint = 'Choose another name, or revoke that one: POST /rpc/revoke_api_key.';
    end if;
    insert into ops.audit (action, relation, row_id, details, role, account_id, team_member_id)
    values (
        'insert',
        'auth.api_keys',
        made.id,
        jsonb_build_object('new', jsonb_build_object('role', made.role)),
        -- in a definer function current_user is the owner
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        claims.account_id(),
        claims.team_member_id()
    );
    return jsonb_build_object(
        'id', made.id,
        'name', made.name,
        'role', made.role,
        'key', key,
        'expires_at', made.expires_at
    );
end
$$;
comment on function public.create_api_key(text, text, integer, integer, timestamptz) is
'Makes a key for a machine, to be sent as Authorization: Bearer …, and tells it this once: admins only.

role: desk_service; desk_client, with client_id; desk_agent, desk_manager or desk_admin, with team_member_id, which has at least that role. expires_at: until when it works; unless given, until it is revoked. Who is demoted, disabled or deleted takes their keys along.';
revoke all on function public.create_api_key(text, text, integer, integer, timestamptz) from public;
grant execute on function public.create_api_key(text, text, integer, integer, timestamptz) to desk_admin;
-- NOTE: neither to other staff nor to desk_service: a key makes no keys.
