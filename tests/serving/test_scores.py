"""Feedback."""

import pytest

from prompts.observability.models import Score

SCORES = "/api/public/scores"
pytestmark = pytest.mark.django_db


@pytest.fixture
def scorer(key):
    return key("score")


def score(**more):
    return {"id": "s1", "traceId": "t1", "name": "good", "value": 1, **more}


def test_one_score_answers_with_its_id(scorer):
    answer = scorer.post(SCORES, score())
    assert (answer.status_code, answer.json()) == (200, {"id": "s1"})


def test_the_same_id_replaces_the_score(scorer):
    scorer.post(SCORES, score(value=1))
    scorer.post(SCORES, score(value=0))
    assert [int(row.value) for row in Score.objects.all()] == [0]


def test_another_keys_score_of_that_id_stays(scorer, key):
    scorer.post(SCORES, score(value=1))
    key("score").post(SCORES, score(value=0))
    assert Score.objects.count() == 2


def test_a_list_is_accepted(scorer):
    answer = scorer.post(SCORES, [score(), score(id="s2", value="fine", dataType="CATEGORICAL")])
    assert (answer.status_code, answer.json()) == (202, {"message": "Accepted"})
    assert set(Score.objects.values_list("text", flat=True)) == {"", "fine"}


def test_of_a_mixed_list_the_good_ones_are_kept(scorer):
    answer = scorer.post(SCORES, [score(), {"name": "x"}])
    body = answer.json()
    assert (answer.status_code, body["accepted"], body["rejected"]) == (207, 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        5,
        {},
        score(name=""),
        score(name="x" * 200),
        score(value=None),
        score(value="x" * 501),
        score(value=2, dataType="BOOLEAN"),
        score(value="x", dataType="NUMERIC"),
        score(value=1, dataType="CATEGORICAL"),
        score(value=1e300),
        score(traceId=None),
        b'{"name": "x", "traceId": "t", "value": NaN}',
    ],
)
def test_faulty_scores_answer_400(scorer, body):
    assert scorer.post(SCORES, body).status_code == 400
    assert not Score.objects.exists()


def test_the_verb_score_is_needed(reader):
    assert reader.post(SCORES, score()).status_code == 403
