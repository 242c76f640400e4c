-- Test data for the assignment's schema, in its author's manner. The only concession to the tests is
-- setseed(): two runs give the same rows.
SELECT setseed(0.42);

TRUNCATE TABLE ticket_feedback, ticket_messages, payments, tickets, ticket_types, team_members, clients
RESTART IDENTITY CASCADE;

INSERT INTO clients (client_name, email, status, plan_type, monthly_budget, created_at) VALUES
('TechStart Inc', 'contact@techstart.com', 'active', 'professional', 2500.00, '2024-11-02 09:15:00+00'),
('Global Retail', 'it@globalretail.com', 'active', 'enterprise', 12000.00, '2024-11-20 14:00:00+00'),
('O''Brien & Söhne', 'office@obrien.de', 'inactive', 'starter', 300.50, '2024-12-01 08:30:00+01'),
('CloudNine', 'hello@cloudnine.io', 'active', 'starter', NULL, '2024-12-24 18:00:00+00');

INSERT INTO clients (client_name, email, plan_type)
SELECT 'Client ' || i, 'client' || i || '@example.com', (ARRAY['starter','professional','enterprise'])[1 + i % 3]
FROM generate_series(5, 20) AS i;
UPDATE clients SET created_at = TIMESTAMPTZ '2025-01-01 00:00:00+00' + id * INTERVAL '3 days' WHERE id > 4;

INSERT INTO team_members (username, email, department, status, created_at) VALUES
('sarah_m', 'sarah@company.com', 'support', 'active', '2024-01-01 00:00:00+00'),
('mike_j', 'mike@company.com', 'support', 'active', '2024-01-01 00:00:00+00'),
('anna_k', 'anna@company.com', 'technical', 'active', '2024-02-01 00:00:00+00'),
('tom_w', 'tom@company.com', 'finance', 'inactive', '2024-03-01 00:00:00+00'),
('lisa_b', 'lisa@company.com', 'support', 'active', '2024-03-01 00:00:00+00');

INSERT INTO ticket_types (type_name, department, priority, avg_resolution_hours) VALUES
('Login Issue', 'support', 'high', 4),
('Billing Question', 'finance', 'medium', 24),
('Bug Report', 'technical', 'high', 48),
('Feature Request', 'technical', 'low', NULL);

-- tickets, with their messages
DO $$
DECLARE
  v_ticket_id INT;
  v_agent INT;
  v_status TEXT;
  v_priority TEXT;
  v_created TIMESTAMPTZ;
  v_resolved TIMESTAMPTZ;
  v_messages INT;
BEGIN
  FOR month_num IN 1..11 LOOP
    FOR i IN 1..(20 + 4 * month_num) LOOP
      v_created := make_timestamptz(2025, month_num, 1, 0, 0, 0, 'UTC')
        + (random() * 27) * INTERVAL '1 day';
      v_agent := 1 + floor(random() * 4)::INT; -- lisa is new
      v_resolved := NULL;

      IF random() < 0.7 THEN
        v_status := 'resolved';
        v_resolved := v_created + (random() * 48) * INTERVAL '1 hour';
      ELSIF random() < 0.85 THEN
        v_status := 'in_progress';
      ELSE
        v_status := 'open';
      END IF;

      IF random() < 0.1 THEN v_priority := 'urgent';
      ELSIF random() < 0.35 THEN v_priority := 'high';
      ELSIF random() < 0.7 THEN v_priority := 'medium';
      ELSE v_priority := 'low';
      END IF;

      INSERT INTO tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at, resolved_at)
      VALUES (
        1 + floor(random() * LEAST(20, month_num * 2))::INT,
        CASE WHEN v_status = 'open' AND random() < 0.5 THEN NULL ELSE v_agent END,
        1 + floor(random() * 4)::INT,
        v_status, v_priority,
        'Ticket ' || month_num || '-' || i,
        v_created, v_resolved
      )
      RETURNING id INTO v_ticket_id;

      v_messages := 2 + floor(random() * 2)::INT;
      FOR j IN 1..v_messages LOOP
        INSERT INTO ticket_messages (ticket_id, from_client, from_team_member_id, message_text, created_at)
        VALUES (
          v_ticket_id,
          j % 2 = 1,
          CASE WHEN j % 2 = 0 THEN v_agent END,
          CASE WHEN j % 2 = 1 THEN 'I have a problem; it''s "urgent"' ELSE 'We are looking into it' END,
          v_created + j * (random() * INTERVAL '2 hours')
        );
      END LOOP;
    END LOOP;
  END LOOP;
END $$;

-- some are closed later, some have nobody and nothing
UPDATE tickets SET status = 'closed', closed_at = resolved_at + INTERVAL '7 days'
WHERE status = 'resolved' AND id % 9 = 0;
UPDATE tickets SET priority = NULL WHERE id % 31 = 0;
UPDATE tickets SET status = NULL WHERE id % 37 = 0 AND resolved_at IS NULL;
INSERT INTO tickets (client_id, ticket_type_id, title, created_at)
VALUES (1, 1, 'Defaults only', '2025-06-30 23:59:59.999999+00');

-- feedback
DO $$
DECLARE
  t RECORD;
  v_rating INT;
BEGIN
  FOR t IN SELECT id, resolved_at FROM tickets WHERE resolved_at IS NOT NULL ORDER BY id LOOP
    IF random() < 0.6 THEN
      v_rating := 3 + floor(random() * 3)::INT;
      INSERT INTO ticket_feedback (ticket_id, rating, feedback_text, created_at)
      VALUES (t.id, v_rating, 'Thanks!', t.resolved_at + INTERVAL '1 day');
    ELSIF random() < 0.15 THEN
      INSERT INTO ticket_feedback (ticket_id, rating, created_at)
      VALUES (t.id, 1 + floor(random() * 2)::INT, t.resolved_at);
    END IF;
  END LOOP;
END $$;

-- payments: subscriptions, top-ups, refunds as negative amounts
DO $$
DECLARE
  c RECORD;
  v_amount NUMERIC;
  v_status VARCHAR;
BEGIN
  FOR c IN SELECT id, plan_type FROM clients ORDER BY id LOOP
    v_amount := CASE c.plan_type WHEN 'starter' THEN 99 WHEN 'professional' THEN 299 ELSE 999 END;
    FOR m IN 1..11 LOOP
      v_status := CASE WHEN random() < 0.95 THEN 'completed' ELSE 'failed' END;
      INSERT INTO payments (client_id, amount_usd, payment_type, status, paid_at, created_at)
      VALUES (c.id, v_amount, 'subscription', v_status,
        CASE WHEN v_status = 'completed' THEN make_timestamptz(2025, m, 1, 8, 0, 0, 'UTC') END,
        make_timestamptz(2025, m, 1, 7, 0, 0, 'UTC'));
      IF random() < 0.1 THEN
        INSERT INTO payments (client_id, amount_usd, payment_type, status, paid_at, created_at)
        VALUES (c.id, -v_amount, 'subscription', 'refunded',
          make_timestamptz(2025, m, 20, 8, 0, 0, 'UTC'), make_timestamptz(2025, m, 20, 7, 0, 0, 'UTC'));
      END IF;
      IF random() < 0.2 THEN
        INSERT INTO payments (client_id, amount_usd, payment_type, created_at)
        VALUES (c.id, round((random() * 500)::NUMERIC, 2), 'top-up', make_timestamptz(2025, m, 12, 7, 0, 0, 'UTC'));
      END IF;
    END LOOP;
  END LOOP;
END $$;

END TRANSACTION;
