CREATE TEMP TABLE places AS
  SELECT row_number() OVER (ORDER BY code) - 1 AS n, code FROM office WHERE type <> 'school';

INSERT INTO cases (id, reference, pin_failures, channel, intent, role, hazard_group, hazard_type,
    severity, status, status_since, danger, quiet, silent_event, anonymous, conflict, language,
    account_sid, opened_at, due_at, finished_at, version)
  SELECT g, lpad(g::text, 9, '0'), 0, 'phone', 'unknown', 'unknown', 'V', 'V3',
    (ARRAY['normal','normal','urgent','emergency'])[1 + g % 4],
    CASE WHEN g <= :cases - :open THEN 'closed'
      ELSE (ARRAY['received','acknowledged','checking','in_progress'])[1 + g % 4] END,
    m.at, false, false, false, true, 'no', 'th', 'AC', m.at, m.at + interval '1 day', m.at, 1
  FROM generate_series(1, :cases) AS g,
    LATERAL (SELECT CAST(:first AS timestamptz)
      + (CAST(:now AS timestamptz) - CAST(:first AS timestamptz)) * g / :cases AS at) AS m;

INSERT INTO case_places (case_id, is_lead, district_code, province_code, confirmed)
  SELECT id, true, '9209', '92', true FROM cases;

INSERT INTO assignments (case_id, office_code, is_lead, state, due_at, reasons, candidates,
    escalation, escalate_at, created_at, case_status)
  SELECT c.id, p.code, true, CASE WHEN c.status = 'received' THEN 'offered' ELSE 'accepted' END,
    c.due_at, '[]', '[]', 0,
    CASE WHEN c.status = 'received' THEN CAST(:now AS timestamptz) + interval '1 day' END,
    c.opened_at, c.status
  FROM cases c JOIN places p ON p.code = (ARRAY['ESA-9202', 'OBEC', 'HQ'])[1 + c.id / 4 % 20]
    OR c.id / 4 % 20 > 2 AND p.n = c.id % (SELECT count(*) FROM places);

INSERT INTO case_calls (call_sid, case_id, linked_at)
  SELECT 'CAf' || lpad(to_hex(id), 31, '0'), id, opened_at FROM cases;

INSERT INTO timeline_events (case_id, at, kind, actor, data)
  SELECT c.id, c.opened_at, k.kind, 'system', '{}'
  FROM cases c, (VALUES ('opened'), ('routed'), ('call_ended')) AS k (kind);

INSERT INTO callbacks (case_id, call_sid, account_sid, office_code, state, consent, immediate,
    keys_only, language, severity, waiting_since, place, due_at, late_at, escalate_at, escalation, tries,
    round, version)
  SELECT c.id, 'CAf' || lpad(to_hex(c.id), 31, '0'), 'AC', a.office_code,
    CASE WHEN c.id <= :cases - :due THEN 'done' ELSE 'due' END, true, false, false, 'th', 'normal',
    c.opened_at, c.opened_at, CASE WHEN c.id <= :cases - :due THEN NULL ELSE CAST(:now AS timestamptz) END,
    CAST(:now AS timestamptz) + interval '1 day',
    CASE WHEN c.id <= :cases - :due THEN NULL ELSE CAST(:now AS timestamptz) + interval '1 day' END,
    0, 0, 0, 1
  FROM cases c JOIN assignments a ON a.case_id = c.id WHERE c.id % 2 = 0 OR c.id > :cases - :due;

INSERT INTO recordings (recording_sid, account_sid, call_sid, case_id, state, basis, path, tries,
    upstream_deleted_at, started_at, purge_after, legal_hold)
  SELECT 'RE' || lpad(to_hex(id), 32, '0'), 'AC', 'CAf' || lpad(to_hex(id), 31, '0'), id, 'stored',
    'consent', lpad(to_hex(id), 32, '0'), 0, opened_at, opened_at,
    CASE WHEN status = 'closed' THEN CAST(:now AS timestamptz) + interval '90 days' END, false
  FROM cases WHERE id % 3 = 0;

SELECT setval(pg_get_serial_sequence('cases', 'id'), :cases);

VACUUM ANALYZE
