"""Certifying by data: signals of other offices, added up for everybody who is due at once, inside PostgreSQL.

Each kind of signal counts once, with its strength from the parameters and as surely as its sender knows the person.
Where they reach the threshold she is certified. Card activity alone never does: somebody else may use her card. Of
those whom data certify a sample is visited all the same. Whoever has an open finding of the registers is in doubt, and
no machine decides about her.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.actor import Actor, Capability, require
from services.allowances.states import CaseState
from services.benefits import Benefit
from services.certification.kinds import SignalKind
from services.certification.parameters import parameters
from services.certification.proving import close_questions, settle, tell_done
from services.certification.tables import LAST_REMINDER, CampaignRow
from services.clock import local_day

# Everybody who is paid, or would be if she had not missed the campaign before, and of whom no death is known, or of
# whose death a worker has found that it is a mistake of the registers.
ASKED_AT_THE_OPENING = """
CREATE TEMPORARY TABLE certification_asked ON COMMIT DROP AS
SELECT gen_random_uuid() AS member_id, c.person_id, c.id AS case_id, CAST(NULL AS date) AS doubted_on,
    c.state = 'suspended' OR coalesce(before.status = 'missed', FALSE) AS lapsed,
    coalesce(before.status <> 'done', FALSE) AS needs_care
FROM allowance_cases c
    JOIN persons p ON p.id = c.person_id AND (p.died_on IS NULL OR c.settled_signal = 'died:' || p.died_on)
    LEFT JOIN certification_members before ON before.person_id = c.person_id AND before.campaign_id = :before_id
WHERE c.city = :city AND c.benefit = :benefit AND c.state = ANY(:states) AND c.first_month <= :starts_on
"""
# Whoever is still to be certified. For some it is not enough to note it: a worker was asked, or a campaign was missed.
ASKED_SINCE = """
CREATE TEMPORARY TABLE certification_asked ON COMMIT DROP AS
SELECT m.id AS member_id, m.person_id, m.doubted_on,
    m.status = 'missed' OR m.visit_asked_at IS NOT NULL OR m.reminders = :last_reminder OR EXISTS (
        SELECT FROM certification_members other
        WHERE other.person_id = m.person_id AND other.id <> m.id AND other.status <> 'done'
    ) AS needs_care
FROM certification_members m WHERE m.campaign_id = :campaign_id AND m.status <> 'done'
"""
# What our own registers hold of the same sort counts too: whoever was assessed was seen by an assessor.
# The draw of a sample depends on the person and the campaign only, so that nobody can repeat it until it suits.
STRONG = """
CREATE TEMPORARY TABLE certification_strong ON COMMIT DROP AS
WITH seen AS (
    SELECT s.person_id, s.kind, s.source, s.seen_on, s.confidence
    FROM certification_signals s
    WHERE s.seen_on BETWEEN :since AND :today
    UNION ALL
    SELECT p.id, 'ability_assessment', 'ability', p.ability_assessed_on, 100
    FROM persons p
    WHERE p.ability_assessed_on BETWEEN :since AND :today
), strengths AS (
    SELECT * FROM unnest(CAST(:kinds AS text[]), CAST(:strengths AS integer[])) AS given (kind, strength)
), points AS (
    SELECT DISTINCT ON (a.member_id, seen.kind)
        a.member_id, seen.kind, seen.source, seen.seen_on, strength * confidence / 100 AS points
    FROM seen JOIN strengths USING (kind)
        JOIN certification_asked a ON a.person_id = seen.person_id
            AND seen.seen_on > coalesce(a.doubted_on, '-infinity')
    ORDER BY a.member_id, seen.kind, strength * confidence DESC, seen.seen_on DESC
), strong AS (
    SELECT member_id, sum(points) AS points, max(seen_on) AS proven_on,
        bool_or(kind = :shared_kind AND points >= :threshold) AS is_shared,
        coalesce(max(source) FILTER (WHERE kind = :shared_kind AND points >= :threshold), 'signals') AS source,
        jsonb_object_agg(kind, points) AS facts
    FROM points GROUP BY member_id HAVING sum(points) >= :threshold
)
SELECT gen_random_uuid() AS proof_id, strong.*, a.person_id, a.needs_care,
    NOT is_shared AND ('x' || left(md5(a.person_id::text || :campaign), 7))::bit(28)::integer % 1000
        < :sample_per_thousand AS sampled
FROM strong JOIN certification_asked a USING (member_id)
    JOIN persons p ON p.id = a.person_id AND p.died_on IS NULL
WHERE NOT EXISTS (SELECT FROM registry_findings f WHERE f.person_id = a.person_id AND f.status = 'open')
"""
PROVE = """
INSERT INTO certification_proofs
    (id, city, person_id, campaign_id, kind, source, proven_on, confidence, at, actor_kind, actor_id, channel, facts)
SELECT proof_id, :city, person_id, :campaign_id, CASE WHEN is_shared THEN 'shared' ELSE 'data_match' END, source,
    proven_on, least(points, 100), :now, :actor_kind, :actor_id, :channel, facts
FROM certification_strong
"""
ENTER = """
INSERT INTO certification_members
    (id, city, campaign_id, person_id, case_id, status, lapsed, sampled, reminders, told_done, proof_id)
SELECT a.member_id, :city, :campaign_id, a.person_id, a.case_id,
    CASE WHEN s.proof_id IS NULL THEN 'due' ELSE 'done' END, a.lapsed, coalesce(s.sampled, FALSE), 0, FALSE, s.proof_id
FROM certification_asked a LEFT JOIN certification_strong s USING (member_id)
"""
SETTLE = """
UPDATE certification_members m SET status = 'done', proof_id = s.proof_id, sampled = s.sampled
FROM certification_strong s
WHERE m.id = s.member_id AND m.status = 'due'
"""
NEED_CARE = "SELECT person_id, member_id, proof_id FROM certification_strong WHERE needs_care"


def enter_members(
    session: Session, actor: Actor, campaign: CampaignRow, *, before_id: UUID | None, now: datetime
) -> None:
    """Take the picture of who must be certified in a new campaign, with those certified whom data certify.

    `before_id`: the campaign before.
    """
    asked = {
        "before_id": before_id,
        "benefit": Benefit.OLD_AGE_ALLOWANCE.value,
        "states": [CaseState.ACTIVE.value, CaseState.SUSPENDED.value],
        "starts_on": campaign.starts_on,
    }
    _match(session, actor, campaign, ASKED_AT_THE_OPENING, ENTER, now=now, **asked)
    session.execute(text("ANALYZE certification_members"))


def certify_by_data(session: Session, actor: Actor, *, city: str, now: datetime) -> int:
    """Let what other offices have said since certify people in the latest campaign, also late; how many it was.

    Raises NotAllowed. Runs after every import and by the clock, since the registers learn something every day.
    """
    require(actor, Capability.RUN_MONTH, person_id=None)
    latest = session.scalar(
        select(CampaignRow).where(CampaignRow.city == city).order_by(CampaignRow.starts_on.desc()).limit(1)
    )
    if latest is None:
        return 0
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('certification'))"))
    return _match(session, actor, latest, ASKED_SINCE, SETTLE, now=now, last_reminder=LAST_REMINDER)


def _match(
    session: Session,
    actor: Actor,
    campaign: CampaignRow,
    whom: str,
    note: str,
    *,
    now: datetime,
    **further: object,
) -> int:
    """Certify those whom the first statement finds and for whom signals are strong enough, and note it by the second
    one; how many they were."""
    rules = parameters().on(campaign.starts_on)
    given = further | {
        "city": campaign.city,
        "campaign_id": campaign.id,
        "campaign": str(campaign.id),
        "since": campaign.starts_on - timedelta(days=rules.signal_days_before_start),
        "today": local_day(now),
        "kinds": [kind.value for kind in rules.signal_strengths],
        "strengths": list(rules.signal_strengths.values()),
        "threshold": rules.signal_threshold,
        "shared_kind": SignalKind.PENSION_CERTIFICATION.value,
        "sample_per_thousand": rules.sample_per_thousand,
        "now": now,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "channel": actor.channel.value,
    }
    session.flush()
    connection = session.connection()
    connection.execute(text("DROP TABLE IF EXISTS certification_asked, certification_strong"))
    connection.execute(text(whom), given)
    connection.execute(text("ANALYZE certification_asked"))
    connection.execute(text(STRONG), given)
    matched = connection.execute(text(PROVE), given).rowcount
    connection.execute(text(note), given)
    # What the session remembers of members is older than what the statements have just written.
    session.expire_all()
    for person_id, member_id, proof_id in connection.execute(text(NEED_CARE)).all():
        close_questions(session, actor, member_id, now=now)
        settled = settle(session, actor, person_id=person_id, proof_id=proof_id, now=now)
        if settled.campaigns and not settled.resumed:
            tell_done(session, person_id, now=now)
    return matched
