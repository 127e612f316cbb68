"""What happens in her community, from the rows that its workers entered; and the weather, of which nothing is known."""

from __future__ import annotations

from datetime import date

from services.activities import Activity, list_activities
from services.clock import CITY_TIME
from voice.skills.skill import Answers, Step, Task, Turn
from voice.wording import Line

MOST_TOLD = 3


class CommunityActivities(Answers):
    """The activities of the day that she asks for, otherwise the next ones."""

    intent = "community_activities"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        words, tell = turn.words, turn.tell
        coming = list_activities(turn.session, turn.actor, person_id=turn.person_id, now=turn.now)
        if "date" not in task.slots:
            if not coming:
                return Step(words.line("Your community has entered no activities."))
            return Step(_told(turn, words.line("In your community there is:"), coming))
        day = date.fromisoformat(task.slots["date"])
        that_day = tuple(each for each in coming if each.day == day)
        if that_day:
            return Step(_told(turn, words.line("%(day)s there is:", day=tell.day(day)), that_day))
        nothing = words.line("%(day)s your community has entered no activity.", day=tell.day(day))
        if not coming:
            return Step(nothing)
        nearest = words.line("The next one is %(activity)s.", activity=_in_full(turn, coming[0]))
        return Step(words.joined(nothing, nearest))


class Weather(Answers):
    """No source is connected, so nothing is told."""

    intent = "weather"

    def next_step(self, turn: Turn, task: Task) -> Step:
        """See `Skill.next_step`."""
        return Step(turn.words.line("I have no weather forecast here, and I do not guess."))


def _told(turn: Turn, opening: Line, activities: tuple[Activity, ...]) -> Line:
    words = turn.words
    listed = turn.tell.several([_in_full(turn, each) for each in activities[:MOST_TOLD]], long=True)
    told = words.joined(opening, words.line("%(activities)s.", activities=listed))
    if len(activities) > MOST_TOLD:
        return words.joined(told, words.line("There is more, the screen shows all of it."))
    return told


def _in_full(turn: Turn, activity: Activity) -> Line:
    words, tell = turn.words, turn.tell
    told = words.line(
        "%(day)s, %(time)s, %(title)s, at %(place)s",
        day=tell.day(activity.day),
        time=tell.clock(activity.starts_at.astimezone(CITY_TIME).time()),
        title=Line.same(activity.title),
        place=tell.place(activity.place),
    )
    if activity.places_left is None:
        return told
    if activity.places_left == 0:
        return words.line("%(activity)s, no places left", activity=told)
    left = tell.number(activity.places_left)
    return words.line("%(activity)s, %(number)s places left", activity=told, number=left)
