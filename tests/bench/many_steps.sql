INSERT INTO calls (sid, account_sid, direction, status, ended_by, language, flow_version, turn, state,
    node, waiting, case_id, started_at, touched_at, ended_at, uncounted, is_practice)
  SELECT 'CAf' || lpad(to_hex(id), 31, '0'), 'AC', 'inbound', 'completed', 'caller', 'th', '1', 12,
    CAST('' AS bytea), 'close', false, id, opened_at, opened_at,
    CASE WHEN id <= :cases - :due THEN opened_at + interval '4 minutes' END, false, false
  FROM cases;

INSERT INTO orphan_events (call_sid, account_sid, event, at, due_at, tries, resolved_at, outcome)
  SELECT 'CAe' || lpad(to_hex(id), 31, '0'), 'AC', 'completed', opened_at, opened_at, 1,
    CASE WHEN id <= :cases - :due THEN opened_at END, CASE WHEN id <= :cases - :due THEN 'known' END
  FROM cases WHERE id % 20 = 0;

UPDATE assignments SET escalate_at = CAST(:now AS timestamptz) WHERE escalate_at IS NOT NULL;

UPDATE assignments SET look_at = CAST(:now AS timestamptz), owed_since = created_at
  WHERE case_id > :cases - :due;

UPDATE callbacks SET escalate_at = CAST(:now AS timestamptz) WHERE escalate_at IS NOT NULL;

INSERT INTO callback_attempts (callback_id, number, token, state, outcome, identity, operator_leg_key,
    intent_at, started_at, ended_at, check_at, looks, busy, round)
  SELECT id, 1, 't' || id, CASE WHEN state = 'done' THEN 'ended' ELSE 'dialling' END,
    CASE WHEN state = 'done' THEN 'done' END, 'unknown', 'o' || id, waiting_since, waiting_since,
    CASE WHEN state = 'done' THEN waiting_since END,
    CASE WHEN state <> 'done' THEN CAST(:now AS timestamptz) END, 0, 0, 0
  FROM callbacks;

INSERT INTO handovers (case_id, kind, state, severity, from_office_code, to_office_code, reason, asked_by,
    asked_at, status_before, due_at, climb_at, level, ring_at, ring_round, ended_at, version)
  SELECT c.id, 'office', CASE WHEN e.over THEN 'done' ELSE 'requested' END, c.severity, a.office_code,
    'HQ', CAST(:reason AS bytea), s.id, c.opened_at, 'acknowledged', c.opened_at,
    CASE WHEN NOT e.over THEN CAST(:now AS timestamptz) END, 0,
    CASE WHEN NOT e.over THEN CAST(:now AS timestamptz) END, 0,
    CASE WHEN e.over THEN c.opened_at END, 1
  FROM cases c JOIN assignments a ON a.case_id = c.id AND a.is_lead
    CROSS JOIN LATERAL (SELECT c.status = 'closed' AS over) AS e
    CROSS JOIN (SELECT min(id) AS id FROM staff) AS s
  WHERE c.id % 5 = 0;

INSERT INTO approval_calls (handover_id, round, staff_id, leg_key, state, outcome, intent_at, check_at,
    looks, busy, ended_at)
  SELECT h.id, 0, h.asked_by, 'a' || h.id, CASE WHEN h.ended_at IS NULL THEN 'ringing' ELSE 'ended' END,
    CASE WHEN h.ended_at IS NOT NULL THEN 'approved' END, h.asked_at,
    CASE WHEN h.ended_at IS NULL THEN CAST(:now AS timestamptz) END, 0, 0, h.ended_at
  FROM handovers h;

INSERT INTO clock_stops (case_id, assignment_id, step, owed_since, reason, words, until, asked_by, asked_at,
    begun_at, left_s, counts_work, ended_at, ended_how)
  SELECT c.id, a.id, 'acknowledged', c.opened_at, 'waits_for_family', CAST(:words AS bytea),
    CAST(:now AS timestamptz), s.id, c.opened_at, c.opened_at, 3600, true,
    CASE WHEN c.status = 'closed' THEN c.opened_at END, CASE WHEN c.status = 'closed' THEN 'over' END
  FROM cases c JOIN assignments a ON a.case_id = c.id AND a.is_lead
    CROSS JOIN (SELECT min(id) AS id FROM staff) AS s
  WHERE c.id % 5 = 1;

INSERT INTO notices (key, template, office_code, reference, severity, state, due_at, next_at, created_at)
  SELECT 'many' || c.id, 'case_new', a.office_code, c.reference, c.severity,
    CASE WHEN c.id > :cases - :due AND c.id % 2 = 0 THEN 'owed' ELSE 'planned' END, c.opened_at,
    CASE WHEN c.id > :cases - :due AND c.id % 2 = 1 THEN CAST(:now AS timestamptz) END, c.opened_at
  FROM cases c JOIN assignments a ON a.case_id = c.id AND a.is_lead;

INSERT INTO notice_deliveries (notice_id, channel, receiver, notice_class, emergency, state, due_at, tries,
    created_at, sent_at)
  SELECT n.id, d.channel, 'office:' || n.office_code, 'urgent', n.id % 4 = 3,
    CASE WHEN n.next_at IS NULL THEN 'sent' ELSE 'owed' END, n.due_at, 1, n.created_at,
    CASE WHEN n.next_at IS NULL THEN n.created_at END
  FROM notices n CROSS JOIN (VALUES ('email'), ('phone')) AS d (channel)
  WHERE n.state = 'planned' AND n.key LIKE 'many%';

INSERT INTO notice_calls (token, notice_ids, staff_id, leg_key, state, outcome, intent_at, looks, busy,
    ended_at)
  SELECT 'n' || c.id, '[]', s.id, 'n' || c.id, 'ended', 'seen', c.opened_at, 0, 0, c.opened_at
  FROM cases c CROSS JOIN (SELECT min(id) AS id FROM staff) AS s
  WHERE c.id % 20 = 0;

VACUUM ANALYZE
