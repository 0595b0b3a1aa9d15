"""What a case's page says of stories: the one that it belongs to, or those that it may join."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from cases.access import Viewer
from cases.story_files import list_stories, may, story_of
from webapp.console.story_page import title_of

MOST_OFFERED = 5


@dataclass(frozen=True)
class StoryCard:
    """The story of a case, and what this reader may do; stories are pairs of id and title."""

    story: tuple[int, str] | None
    running: list[tuple[int, str]]
    may_view: bool
    may_open: bool

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to say or to do."""
        return bool(self.story or self.running or self.may_open)


def story_card(session: Session, case_id: int, viewer: Viewer) -> StoryCard:
    """The card for who may see the case: everybody sees the story's name, the hotline opens it."""
    story = story_of(session, case_id)
    joins = story is None and may(viewer, "story.join")
    running = list_stories(session, running=True)[:MOST_OFFERED] if joins else []
    return StoryCard(
        story=(story.id, title_of(story)) if story else None,
        running=[(one.id, title_of(one)) for one in running],
        may_view=story is not None and may(viewer, "story.view"),
        may_open=story is None and may(viewer, "story.manage"),
    )
