"""Whoever leaves is taken out of what is queued by the database itself, by whichever path they leave (ADR 0013)."""

from django.db import migrations

# One statement for all the rows of an INSERT: a batch of dead addresses costs one update. Mail that a worker holds
# but has not begun to hand over is taken from it: its token is gone, so it may not begin.
STOP_SUPPRESSED = """
CREATE FUNCTION mailing_stop_suppressed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE mailing_delivery d
  SET state = 'suppressed', reason = 'suppressed', claim_token = NULL, lease_until = NULL
  FROM fresh f, mailing_mailing m
  WHERE d.address = f.address AND m.id = d.mailing_id AND m.kind <> 'owed'
    AND (d.state IN ('queued', 'deferred') OR d.state = 'sending' AND d.handed_at IS NULL);
  RETURN NULL;
END
$$;
CREATE TRIGGER mailing_who_is_suppressed_is_taken_out_of_the_queue
  AFTER INSERT ON contacts_suppression REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION mailing_stop_suppressed();
"""
KEEP_SUPPRESSED = """
DROP TRIGGER mailing_who_is_suppressed_is_taken_out_of_the_queue ON contacts_suppression;
DROP FUNCTION mailing_stop_suppressed();
"""
# Only what is said now counts: an old refusal that moves to another card, as cards are merged, says nothing anew.
DECLINED = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE mailing_delivery d
  SET state = 'suppressed', reason = 'declined', claim_token = NULL, lease_until = NULL
  FROM fresh f {joined}, mailing_mailing m
  WHERE f.withdrawn_at IS NOT NULL {said_now} AND d.contact_id = f.contact_id AND m.id = d.mailing_id
    AND m.kind = CASE f.purpose WHEN 'invitations' THEN 'invitation' ELSE f.purpose END
    AND m.kind IN ('newsletter', 'press', 'invitation')
    AND (d.state IN ('queued', 'deferred') OR d.state = 'sending' AND d.handed_at IS NULL)
    AND NOT EXISTS (
      SELECT 1 FROM contacts_consent c
      WHERE c.contact_id = f.contact_id AND c.purpose = f.purpose AND c.given_at IS NOT NULL
        AND c.withdrawn_at IS NULL);
  RETURN NULL;
END
$$;
CREATE TRIGGER {trigger}
  AFTER {event} ON contacts_consent REFERENCING {tables}
  FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
STOP_DECLINED = DECLINED.format(
    function="mailing_stop_declined",
    trigger="mailing_who_declines_is_taken_out_of_the_queue",
    event="INSERT",
    tables="NEW TABLE AS fresh",
    joined="",
    said_now="",
)
STOP_TAKEN_BACK = DECLINED.format(
    function="mailing_stop_taken_back",
    trigger="mailing_who_takes_consent_back_is_taken_out_of_the_queue",
    event="UPDATE",
    tables="OLD TABLE AS before NEW TABLE AS fresh",
    joined="JOIN before b ON b.id = f.id",
    said_now="AND b.withdrawn_at IS NULL",
)
KEEP_DECLINED = """
DROP TRIGGER mailing_who_declines_is_taken_out_of_the_queue ON contacts_consent;
DROP FUNCTION mailing_stop_declined();
"""
KEEP_TAKEN_BACK = """
DROP TRIGGER mailing_who_takes_consent_back_is_taken_out_of_the_queue ON contacts_consent;
DROP FUNCTION mailing_stop_taken_back();
"""


class Migration(migrations.Migration):
    dependencies = [("mailing", "0007_left_out"), ("contacts", "0005_choices")]

    operations = [
        migrations.RunSQL(STOP_SUPPRESSED, KEEP_SUPPRESSED),
        migrations.RunSQL(STOP_DECLINED, KEEP_DECLINED),
        migrations.RunSQL(STOP_TAKEN_BACK, KEEP_TAKEN_BACK),
    ]
