"""Drawn steps: nothing overlaps, nothing leaves the paper, both drawings say the same."""

from hypothesis import given
from hypothesis import strategies as st

from yiwang.entrance.shell import drawing
from yiwang.entrance.shell.drawing import DrawnStep, Progress, broken, flow, width_of

WORDS = st.text(alphabet="提交申请受理审查决定领证，（）abc 123", min_size=1, max_size=40)
STEPS = st.lists(
    st.builds(DrawnStep, WORDS.map(lambda w: w.strip() or "收"), WORDS, st.sampled_from(Progress)),
    min_size=1,
    max_size=12,
)


def test_nothing_to_draw_is_no_drawing():
    assert flow(()) is None


@given(STEPS)
def test_boxes_never_overlap_and_stay_on_the_paper(steps):
    for paper in flow(steps).both:
        for box in paper.boxes:
            assert box.x >= 0
            assert box.y >= 0
            assert box.x + box.width <= paper.width
            assert box.y + box.height <= paper.height
        for one in paper.boxes:
            for two in paper.boxes:
                apart = (
                    one is two
                    or one.x + one.width <= two.x
                    or two.x + two.width <= one.x
                    or one.y + one.height <= two.y
                    or two.y + two.height <= one.y
                )
                assert apart


@given(STEPS)
def test_every_step_is_in_both_drawings_and_in_the_sentence(steps):
    drawn = flow(steps)
    for paper in drawn.both:
        assert len(paper.boxes) == len(steps) == len(paper.paths) + 1
        for box, step in zip(paper.boxes, steps, strict=True):
            said = "".join(line.text for line in box.lines).replace(" ", "")
            assert said == (step.title + step.detail).replace(" ", "")
    assert all(step.title in drawn.sentence for step in steps)


@given(STEPS)
def test_words_lie_inside_their_box(steps):
    for paper in flow(steps).both:
        for box in paper.boxes:
            assert all(box.y < line.y < box.y + box.height for line in box.lines)


def test_latin_words_are_not_cut_and_punctuation_does_not_begin_a_line():
    assert broken("Decision within ten days", 6) == ("Decision", "within ten", "days")
    assert all(line[0] not in "，。）" for line in broken("提交申请，等待受理。（五日内）", 5))


def test_a_finished_way_is_drawn_in_another_line():
    done = DrawnStep("受理", progress=Progress.DONE)
    now = DrawnStep("审查", progress=Progress.NOW)
    later = DrawnStep("决定")
    assert [css for css, _ in flow((done, now, later)).wide.paths] == ["ln-on", "ln"]


def test_latin_letters_are_narrower():
    assert width_of("abcd") < width_of("四个字啊")
    assert drawing.flow((DrawnStep("x" * 60),)).wide.boxes[0].width <= 784


def test_folded_it_says_the_step_somebody_is_at():
    done, now = DrawnStep("受理", "", Progress.DONE), DrawnStep("审查", "已 3 天", Progress.NOW)
    standing = flow((done, now, DrawnStep("决定"))).standing
    assert (standing.number, standing.total, standing.step, standing.over) == (2, 3, now, False)


def test_folded_it_says_the_last_step_done_when_nothing_is_under_way():
    done, skipped = DrawnStep("受理", "", Progress.DONE), DrawnStep("送达", "", Progress.NOT_NEEDED)
    assert flow((done, done)).standing.over
    assert flow((done, skipped)).standing.number == 1
    assert not flow((done, skipped)).standing.over


def test_a_guide_where_nothing_has_happened_is_not_folded():
    assert flow((DrawnStep("受理"), DrawnStep("决定"))).standing is None
