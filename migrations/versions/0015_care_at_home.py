"""Care at home: the calendar of who is where when, providers and care workers, booked visits, their events, which are
only added, and complaints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.Text())
WHY_DECLINED = "'bad_weather', 'no_answer', 'nobody_free', 'not_suitable', 'price_not_agreed', 'too_far'"
STATES = (
    "'accepted', 'cancelled', 'confirmed', 'declined', 'disputed', 'done', 'missed', 'not_at_home', 'not_charged', "
    "'requested', 'visiting'"
)
COMPLAINTS = (
    "'late_or_short', 'nobody_came', 'not_done_well', 'other', 'something_broken', 'unfriendly', 'wanted_money'"
)


def upgrade() -> None:
    _calendar()
    _providers()
    _care_workers()
    _bookings()
    _about_bookings()


def downgrade() -> None:
    for table in (
        "service_events",
        "service_complaints",
        "service_booking_workers",
        "service_bookings",
        "care_worker_shifts",
        "care_worker_credentials",
        "care_workers",
        "service_providers",
        "engagements",
    ):
        op.drop_table(table)
    op.execute("DROP EXTENSION btree_gist")


def _own_columns() -> tuple[sa.Column[object], sa.Column[object]]:
    return sa.Column("id", sa.Uuid(), nullable=False), sa.Column("city", sa.Text(), nullable=False)


def _calendar() -> None:
    # An exclusion constraint over an id and a period needs equality of ids in a GiST index.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "engagements",
        sa.Column("resource_id", sa.Uuid(), nullable=False),
        sa.Column("period", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        *_own_columns(),
        postgresql.ExcludeConstraint(
            (sa.column("resource_id"), "="), (sa.column("period"), "&&"), using="gist", name="ex_engagements_no_overlap"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagements")),
    )
    op.create_index(op.f("ix_engagements_subject_id"), "engagements", ["subject_id"], unique=False)


def _providers() -> None:
    op.create_table(
        "service_providers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("credit_code", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("community", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("licences", TEXTS, nullable=False),
        sa.Column("areas", TEXTS, nullable=False),
        sa.Column("services", TEXTS, nullable=False),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        *_own_columns(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_providers")),
        sa.UniqueConstraint("city", "credit_code", name=op.f("uq_service_providers_city_credit_code")),
    )


def _care_workers() -> None:
    op.create_table(
        "care_workers",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("health_checked_until", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("is_demonstration", sa.Boolean(), nullable=False),
        *_own_columns(),
        sa.CheckConstraint("sex IN ('female', 'male')", name=op.f("ck_care_workers_sex")),
        sa.ForeignKeyConstraint(["provider_id"], ["service_providers.id"], name=op.f("fk_care_workers_provider_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_care_workers_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_workers")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_care_workers_staff_id")),
    )
    op.create_index(op.f("ix_care_workers_provider_id"), "care_workers", ["provider_id"], unique=False)
    op.create_table(
        "care_worker_credentials",
        sa.Column("care_worker_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        *_own_columns(),
        sa.CheckConstraint("valid_until >= issued_on", name=op.f("ck_care_worker_credentials_valid")),
        sa.ForeignKeyConstraint(
            ["care_worker_id"], ["care_workers.id"], name=op.f("fk_care_worker_credentials_care_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_worker_credentials")),
        sa.UniqueConstraint("care_worker_id", "kind", name=op.f("uq_care_worker_credentials_care_worker_id_kind")),
    )
    op.create_table(
        "care_worker_shifts",
        sa.Column("care_worker_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        *_own_columns(),
        sa.CheckConstraint("begins < ends", name=op.f("ck_care_worker_shifts_hours")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_care_worker_shifts_weekday")),
        sa.ForeignKeyConstraint(
            ["care_worker_id"], ["care_workers.id"], name=op.f("fk_care_worker_shifts_care_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_worker_shifts")),
        sa.UniqueConstraint(
            "care_worker_id", "weekday", "begins", name=op.f("uq_care_worker_shifts_care_worker_id_weekday_begins")
        ),
    )


def _bookings() -> None:
    op.create_table(
        "service_bookings",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("voucher_fen", sa.Integer(), nullable=False),
        sa.Column("self_paid_fen", sa.Integer(), nullable=False),
        sa.Column("vouchers", postgresql.JSONB(), nullable=False),
        sa.Column("uncovered_fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("booked_through", sa.Text(), nullable=False),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("over_at", MOMENT, nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("start_place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("end_place_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        *_own_columns(),
        sa.CheckConstraint(
            "(state = 'declined') = (decline_reason IS NOT NULL)", name=op.f("ck_service_bookings_declined")
        ),
        sa.CheckConstraint(
            f"decline_reason IS NULL OR decline_reason IN ({WHY_DECLINED})",
            name=op.f("ck_service_bookings_decline_reason"),
        ),
        sa.CheckConstraint(
            f"state IN ({STATES})",
            name=op.f("ck_service_bookings_state"),
        ),
        sa.CheckConstraint(
            "price_fen = voucher_fen + self_paid_fen + uncovered_fen", name=op.f("ck_service_bookings_split")
        ),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_service_bookings_rating")),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_service_bookings_visit")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_service_bookings_times")),
        sa.CheckConstraint(
            "voucher_fen >= 0 AND self_paid_fen >= 0 AND uncovered_fen >= 0", name=op.f("ck_service_bookings_amounts")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_service_bookings_person_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["service_providers.id"], name=op.f("fk_service_bookings_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_bookings")),
        sa.UniqueConstraint("request_id", name=op.f("uq_service_bookings_request_id")),
    )
    op.create_index(
        "ix_service_bookings_coming",
        "service_bookings",
        ["starts_at"],
        unique=False,
        postgresql_where="state IN ('accepted', 'requested', 'visiting')",
    )
    op.create_index(
        "ix_service_bookings_person_id_starts_at", "service_bookings", ["person_id", "starts_at"], unique=False
    )
    op.create_index("ix_service_bookings_provider_id_day", "service_bookings", ["provider_id", "day"], unique=False)
    op.create_index(
        "ix_service_bookings_to_confirm",
        "service_bookings",
        ["over_at"],
        unique=False,
        postgresql_where="state = 'done'",
    )


def _about_bookings() -> None:
    op.create_table(
        "service_booking_workers",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("care_worker_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        *_own_columns(),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["service_bookings.id"], name=op.f("fk_service_booking_workers_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["care_worker_id"], ["care_workers.id"], name=op.f("fk_service_booking_workers_care_worker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_booking_workers")),
        sa.UniqueConstraint(
            "booking_id", "care_worker_id", name=op.f("uq_service_booking_workers_booking_id_care_worker_id")
        ),
        sa.UniqueConstraint("booking_id", "place", name=op.f("uq_service_booking_workers_booking_id_place")),
    )
    op.create_index(
        op.f("ix_service_booking_workers_care_worker_id"), "service_booking_workers", ["care_worker_id"], unique=False
    )
    op.create_table(
        "service_complaints",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("complained_at", MOMENT, nullable=False),
        sa.Column("state_before", sa.Text(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        *_own_columns(),
        sa.CheckConstraint(
            f"about IN ({COMPLAINTS})",
            name=op.f("ck_service_complaints_about"),
        ),
        sa.CheckConstraint("(upheld IS NULL) = (decided_at IS NULL)", name=op.f("ck_service_complaints_decided")),
        sa.ForeignKeyConstraint(["booking_id"], ["service_bookings.id"], name=op.f("fk_service_complaints_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_complaints")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_service_complaints_booking_id")),
    )
    op.create_table(
        "service_events",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        *_own_columns(),
        sa.ForeignKeyConstraint(["booking_id"], ["service_bookings.id"], name=op.f("fk_service_events_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_events")),
    )
    op.create_index(op.f("ix_service_events_booking_id"), "service_events", ["booking_id"], unique=False)
    op.execute(
        "CREATE TRIGGER service_events_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON service_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_changes()"
    )
