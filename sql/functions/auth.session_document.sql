-- What the server makes a token and an answer of. The claims are the database's word on who the caller
-- is; the server adds times and audience and signs them.
create or replace function auth.session_document(who auth.accounts, session auth.sessions)
returns jsonb
language sql
stable
parallel safe
set search_path = ''
as $$
    select jsonb_build_object(
        'claims', jsonb_strip_nulls(
            jsonb_build_object(
                'sub', who.id,
                'role', who.role,
                'client_id', who.client_id,
                'team_member_id', who.team_member_id,
                'session_id', session.id,
                'email', who.email,
                'app_metadata', jsonb_build_object('provider', 'email', 'providers', array['email']),
                'user_metadata', jsonb_build_object(),
                'is_anonymous', false,
                'aal', 'aal1',
                'amr', jsonb_build_array(
                    jsonb_build_object(
                        'method', session.method,
                        'timestamp', floor(date_part('epoch', session.created_at))::bigint
                    )
                )
            )
        ),
        'user', jsonb_build_object(
            'id', who.id,
            'role', who.role,
            'email', who.email,
            'email_confirmed_at', who.email_confirmed_at,
            'confirmed_at', who.email_confirmed_at,
            'phone', '',
            'last_sign_in_at', who.last_sign_in_at,
            'app_metadata', jsonb_build_object('provider', 'email', 'providers', array['email']),
            -- its holder's own words: no claim, for no policy may believe them
            'user_metadata', coalesce(who.metadata -> 'user_metadata', '{}'),
            'identities', jsonb_build_array(),
            'is_anonymous', false,
            'created_at', who.created_at,
            'updated_at', who.updated_at
        )
    )
$$;
comment on function auth.session_document(auth.accounts, auth.sessions) is
'The claims of a session''s tokens, and the user as clients see it.';
revoke all on function auth.session_document(auth.accounts, auth.sessions) from public;
-- NOTE: for the other functions of this schema only.
