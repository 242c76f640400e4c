-- The schema of the assignment, as its author wrote it: nobody here knows of Rowdesk.

CREATE TABLE clients (
  id SERIAL PRIMARY KEY,
  client_name VARCHAR(255) NOT NULL,
  email VARCHAR(255) NOT NULL UNIQUE,
  status VARCHAR(50) DEFAULT 'active',
  plan_type VARCHAR(50), -- starter, professional, enterprise
  monthly_budget DECIMAL(10,2),
  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE TABLE team_members (
  id SERIAL PRIMARY KEY,
  username VARCHAR(100) NOT NULL,
  email VARCHAR(255) NOT NULL UNIQUE,
  department VARCHAR(50) NOT NULL, -- support, finance, technical
  status VARCHAR(50) DEFAULT 'active',
  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE TABLE ticket_types (
  id SERIAL PRIMARY KEY,
  type_name VARCHAR(100) NOT NULL,
  department VARCHAR(50) NOT NULL,
  priority VARCHAR(20), -- low, medium, high, urgent
  avg_resolution_hours INTEGER
);

CREATE TABLE tickets (
  id SERIAL PRIMARY KEY,
  client_id INTEGER NOT NULL REFERENCES clients(id),
  assigned_to INTEGER REFERENCES team_members(id),
  ticket_type_id INTEGER NOT NULL REFERENCES ticket_types(id),
  status VARCHAR(50) DEFAULT 'open',
  priority VARCHAR(20),
  title VARCHAR(255) NOT NULL,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  resolved_at TIMESTAMPTZ,
  closed_at TIMESTAMPTZ
);

CREATE TABLE ticket_messages (
  id SERIAL PRIMARY KEY,
  ticket_id INTEGER NOT NULL REFERENCES tickets(id),
  from_client BOOLEAN DEFAULT FALSE,
  from_team_member_id INTEGER REFERENCES team_members(id),
  message_text TEXT NOT NULL,
  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE TABLE ticket_feedback (
  id SERIAL PRIMARY KEY,
  ticket_id INTEGER NOT NULL UNIQUE REFERENCES tickets(id),
  rating INTEGER CHECK (rating >= 1 AND rating <= 5),
  feedback_text TEXT,
  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE TABLE payments (
  id SERIAL PRIMARY KEY,
  client_id INTEGER NOT NULL REFERENCES clients(id),
  amount_usd DECIMAL(10,2) NOT NULL,
  payment_type VARCHAR(50) NOT NULL, -- subscription, top-up, one-time
  status VARCHAR(50) DEFAULT 'pending', -- pending, completed, failed, refunded
  paid_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_tickets_client ON tickets(client_id);
CREATE INDEX idx_tickets_created ON tickets(created_at);
