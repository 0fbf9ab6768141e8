"""promptfoo's configurations: each documented rule of its pages on configuration, with inputs of our own."""

import pytest

from audits.identity.errors import Unacceptable
from prompts.evaluations.suite_files import read_suite
from prompts.evaluations.suite_files.expected import assertion_of


@pytest.fixture
def read(tmp_path):
    """Writes files and reads the first of them."""

    def reader(main, **beside):
        for name, text in {"main.yaml": main, **beside}.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return read_suite(tmp_path / "main.yaml")

    return reader


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Paris", {"type": "equals", "value": "Paris"}),
        ("contains: Paris", {"type": "contains", "value": "Paris"}),
        ("not-icontains:no", {"type": "not-icontains", "value": "no"}),
        ("similar(0.6):Hello there", {"type": "similar", "value": "Hello there", "threshold": 0.6}),
        ("similar:Hello", {"type": "similar", "value": "Hello", "threshold": 0.8}),
        ("rouge-n: a", {"type": "rouge-n", "value": "a", "threshold": 0.75}),
        ("contains-any: <b>,</span>", {"type": "contains-any", "value": ["<b>", "</span>"]}),
        ("is-json", {"type": "is-json"}),
        ("latency(500)", {"type": "latency", "threshold": 500.0}),
        ("llm-rubric: is kind: yes", {"type": "llm-rubric", "value": "is kind: yes"}),
        ("grade:is kind", {"type": "llm-rubric", "value": "is kind"}),
        ("contains: two\nlines", {"type": "contains", "value": "two\nlines"}),
        ("javascript: output.length", {"type": "javascript", "value": "output.length"}),
        ("fn:output", {"type": "javascript", "value": "output"}),
        ("file://a.py:check", {"type": "python", "value": "a.py:check"}),
        ("containsParis", {"type": "equals", "value": "containsParis"}),
    ],
)
def test_what_a_cell_expects_is_an_assertion(written, expected):
    assert assertion_of(written) == expected


def test_lists_of_values_are_multiplied(read):
    file = read("tests: [{description: say, vars: {language: [French, German], tone: [dry, kind], n: 1}}]")
    told = [(case["name"], case["vars"]["language"], case["vars"]["tone"]) for case in file.cases]
    assert told[0] == ("say [French, dry]", "French", "dry")
    assert len(told) == 4
    assert told[-1][1:] == ("German", "kind")


def test_a_test_may_keep_its_lists_whole(read):
    file = read("tests: [{vars: {said: [a, b]}, options: {disableVarExpansion: true}}]")
    assert [case["vars"] for case in file.cases] == [{"said": ["a", "b"]}]


def test_defaults_come_first_and_a_test_may_refuse_their_assertions(read):
    file = read(
        "defaultTest: {vars: {a: 1}, threshold: 0.5, assert: [{type: is-json}]}\n"
        "tests: [{assert: [{type: contains, value: x}]},"
        " {threshold: 1, options: {disableDefaultAsserts: true}}]"
    )
    first, second = file.cases
    assert [one["type"] for one in first["assertions"]] == ["is-json", "contains"]
    assert (second["assertions"], second["threshold"], second["vars"]) == ([], 1, {"a": 1})


def test_a_scenario_runs_every_test_with_every_set(read):
    file = read(
        "scenarios:\n- config: [{vars: {to: es}}, {vars: {to: fr}, assert: [{type: is-json}]}]\n"
        "  tests: [{vars: {say: hello}}, {vars: {say: bye}, assert: [{type: contains, value: a}]}]\n"
    )
    assert [(case["vars"]["to"], case["vars"]["say"]) for case in file.cases] == [
        ("es", "hello"), ("es", "bye"), ("fr", "hello"), ("fr", "bye"),
    ]  # fmt: skip
    assert [one["type"] for one in file.cases[3]["assertions"]] == ["is-json", "contains"]


def test_templates_of_assertions_are_followed(read):
    file = read(
        "tests: [{assert: [{$ref: '#/assertionTemplates/short'}]}]\n"
        "assertionTemplates: {short: {type: word-count, value: 3, weight: 2, metric: brief}}\n"
    )
    assert file.cases[0]["assertions"] == [{"type": "word-count", "value": 3, "weight": 2, "metric": "brief"}]


def test_sets_keep_their_threshold_and_lose_only_what_cannot_be_asked(read):
    file = read(
        "tests: [{assert: [{type: assert-set, threshold: 0.5, assert:"
        " [{type: not-contains, value: a}, {type: javascript, value: x}]}]}]"
    )
    case = file.cases[0]
    assert case["assertions"] == [
        {"type": "assert-set", "threshold": 0.5, "assert": [{"type": "not-contains", "value": "a"}]}
    ]
    assert case["tags"] == ["incomplete"]


def test_a_table_beside_it_is_read_with_its_special_columns(read):
    file = read(
        "tests: file://t/*.csv",
        **{
            "t/rows.csv": "q,__expected,__expected2,__description,__metric,__threshold,__metadata:topic,"
            "__metadata:tags[],__config:__expected2:threshold\n"
            '2+2,equals: 4,"similar: four",sum,maths,0.8,numbers,"a,b\\,c",0.9\n'
        },
    )
    case = file.cases[0]
    assert case["assertions"] == [
        {"type": "equals", "value": "4", "metric": "maths"},
        {"type": "similar", "value": "four", "threshold": 0.9, "metric": "maths"},
    ]
    told = (case["name"], case["vars"], case["threshold"], case["tags"])
    assert told == ("sum", {"q": "2+2"}, 0.8, ["topic:numbers", "a", "b,c"])


def test_files_of_tests_and_values_are_read(read):
    file = read(
        "tests: [file://more.jsonl, file://one.json, {vars: {text: file://said.txt, data: file://data.yaml},"
        " assert: [{type: is-json, value: file://data.yaml}]}]",
        **{
            "more.jsonl": '{"vars": {"n": 1}}\n\n{"vars": {"n": 2}}\n',
            "one.json": '[{"vars": {"n": 3}}]',
            "said.txt": "Hello",
            "data.yaml": "type: object",
        },
    )
    assert [case["vars"].get("n") for case in file.cases] == [1, 2, 3, None]
    assert file.cases[3]["vars"] == {"text": "Hello", "data": {"type": "object"}}
    assert file.cases[3]["assertions"][0]["value"] == {"type": "object"}


@pytest.mark.parametrize(
    ("asked", "what", "reason"),
    [
        ("assert: [{type: is-json}, {type: javascript, value: 'a'}]", "javascript", "cel"),
        ("assert: [{type: is-json}, {type: python, value: 'a'}]", "python", "cel"),
        ("assert: [{type: is-json}, {type: ruby, value: 'a'}]", "ruby", "cel"),
        ("assert: [{type: is-json}, {type: equals, value: 'file://a.js'}]", "equals with file://a.js", "cel"),
        ("assert: [{type: is-json}, {type: equals, value: 1, transform: x}]", "transform", "cel"),
        ("assert: [{type: is-json}, {type: human}]", "human", "review"),
        ("options: {transform: output.x}", "options.transform", "cel"),
        ("options: {prefix: Be brief}", "options.prefix", "signed"),
        ("provider: openai:gpt-4", "provider", "every provider"),
        ("surprise: 1", "surprise", "not known"),
    ],
)
def test_what_is_not_supported_is_told_with_its_place(read, asked, what, reason):
    (told,) = read(f"tests: [{{vars: {{a: 1}}, {asked}}}]").unsupported
    assert told.file == "main.yaml"
    assert told.place.startswith("test 1")
    assert what in told.what
    assert reason in told.reason


def test_a_case_of_which_nothing_is_left_is_left_out_and_told(read):
    file = read("tests: [{vars: {a: 1}}, {assert: [{type: python, value: x}]}]")
    assert len(file.cases) == 1
    assert "a case" in [told.what for told in file.unsupported]


def test_the_same_in_many_cases_is_one_line(read):
    (told,) = read("tests: [{provider: x}, {provider: y}, {provider: z}]").unsupported
    assert str(told) == "main.yaml, test 1 (and 2 more): provider: every provider of the run is asked"


def test_tests_made_by_code_or_from_the_net_are_told(read):
    file = read("tests: [{vars: {}}, file://make.py:tests, https://sheets.example/1, {path: file://x.js}]")
    assert len(file.cases) == 1
    assert len(file.unsupported) == 3


def test_prompts_and_providers_are_named(read):
    file = read("prompts: [a, {id: b, label: B}]\nproviders: [openai:x, {id: y}]\ntests: [{}]")
    assert (file.prompts, file.providers) == (["a", "B"], ["openai:x", "y"])


@pytest.mark.parametrize(
    ("main", "words"),
    [
        ("tests: file://../secret.csv", "leads away"),
        ("tests: file:///etc/passwd.csv", "leads away"),
        ("tests: [{vars: {a: file://link.txt}}]", "leads away"),
        ("tests: file://absent.csv", "absent.csv cannot be read"),
        ("tests: [{assert: [{type: oracle}]}]", "test 1, assertion 1: there is no assertion 'oracle'"),
        ("tests: [{assert: [{value: a}]}]", "mapping with a type"),
        ("tests: [{vars: 3}]", "vars is a mapping"),
        ("tests: [{threshold: x}]", "threshold"),
        ("tests: [{assert: [{type: bleu, threshold: x}]}]", "assertion 1: the threshold 'x' is no number"),
        ("tests: [{assert: [{type: bleu, weight: yes}]}]", "assertion 1: the weight 'yes' is no number"),
        ("tests: [{assert: [{$ref: '#/a'}]}]\na: {$ref: '#/a'}", "circle"),
        ("tests: [{assert: [{$ref: '#/none'}]}]", "there is no '#/none'"),
        ("tests:\n  - a: [", "main.yaml: the YAML is broken at line"),
        ("tests: [!!python/object/apply:os.system [ls]]", "YAML is broken"),
        ("tests: [{vars: {a: [1,2,3,4,5,6,7,8,9,10]}}]", None),
    ],
)
def test_what_is_broken_is_refused_with_its_place(read, tmp_path, main, words):
    (tmp_path.parent / "out.txt").write_text("secret")
    (tmp_path / "link.txt").symlink_to(tmp_path.parent / "out.txt")
    if words is None:
        assert len(read(main).cases) == 10
        return
    with pytest.raises(Unacceptable, match=words):
        read(main)


def test_a_bomb_of_aliases_is_refused(read):
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(Unacceptable, match="more than"):
        read("\n".join(rows) + "\ntests: [{vars: {a: *a11}}]")


def test_lists_that_multiply_without_end_are_refused(read):
    lists = ", ".join(f"v{n}: [{', '.join('abcdefghij')}]" for n in range(8))
    with pytest.raises(Unacceptable, match="more than 100,000 cases"):
        read(f"tests: [{{vars: {{{lists}}}}}]")


@pytest.mark.parametrize(
    ("table", "words"),
    [("a,b\n1,2,3\n", "line 2: there are 3 cells"), ("a,a\n1,2\n", "twice"), ('a\n"x\n', "line")],
)
def test_a_broken_table_is_refused_with_its_line(read, table, words):
    with pytest.raises(Unacceptable, match=words):
        read("tests: file://t.csv", **{"t.csv": table})


def test_a_text_in_a_file_has_no_white_space_at_its_ends(read):
    file = read(
        "tests: [{vars: {said: file://said.txt}, assert: [{type: equals, value: file://said.txt}]}]",
        **{"said.txt": "\nHello there \n"},
    )
    assert file.cases[0]["vars"] == {"said": "Hello there"}
    assert file.cases[0]["assertions"][0]["value"] == "Hello there"


def test_items_of_a_list_of_values_are_read_from_files(read):
    file = read(
        "tests: [{assert: [{type: contains-all, value: [file://a.txt, b]},"
        " {type: contains-any, value: [c, file://code.js]}]}]",
        **{"a.txt": "alpha\n"},
    )
    assert file.cases[0]["assertions"] == [{"type": "contains-all", "value": ["alpha", "b"]}]
    assert [told.what for told in file.unsupported] == ["contains-any with file://code.js"]


def test_assertions_in_files_take_the_place_of_the_item_that_names_them(read):
    file = read(
        "tests: [{assert: [{type: is-json}, {value: file://rules/all.yaml}]},"
        " {assert: [{type: assert-set, threshold: 0.5, assert: [{value: file://rules/tone.json}]}]}]",
        **{
            "rules/all.yaml": "- {type: is-json, value: file://shape.json}\n- {value: file://tone.json}\n",
            "rules/tone.json": '{"type": "icontains", "value": "please"}',
            "rules/shape.json": '{"type": "object"}',
        },
    )
    tone = {"type": "icontains", "value": "please"}
    assert file.cases[0]["assertions"] == [
        {"type": "is-json"}, {"type": "is-json", "value": {"type": "object"}}, tone,
    ]  # fmt: skip
    assert file.cases[1]["assertions"][0]["assert"] == [tone]


def test_files_of_assertions_that_go_in_a_circle_are_refused(read):
    with pytest.raises(Unacceptable, match="circle"):
        read("tests: [{assert: [{value: file://a.yaml}]}]", **{"a.yaml": "[{value: file://a.yaml}]"})


def test_the_judges_prompt_is_the_tests_own_or_the_assertions(read):
    file = read(
        "defaultTest: {options: {rubricPrompt: file://judge.txt}}\n"
        "tests: [{assert: [{type: llm-rubric, value: kind}, {type: contains, value: a},"
        " {type: assert-set, assert: [{type: not-factuality, value: b, rubricPrompt: file://own.txt},"
        " {type: llm-rubric, value: c}]}]}]",
        **{"judge.txt": "Judge {{output}}\n", "own.txt": "Own {{output}}"},
    )
    first, second, third = file.cases[0]["assertions"]
    assert (first["rubricPrompt"], second) == ("Judge {{output}}", {"type": "contains", "value": "a"})
    assert [one["rubricPrompt"] for one in third["assert"]] == ["Own {{output}}", "Judge {{output}}"]
    assert file.unsupported == []


def test_references_into_the_file_stand_for_variables_and_lists_too(read):
    file = read(
        "tests: [{vars: {a: {$ref: '#/parts/word'}}, assert: {$ref: '#/parts/all'}},"
        " {vars: {$ref: '#/parts/vars'}}]\n"
        "parts: {word: hello, all: [{type: is-json}], vars: {b: 1}}\n"
    )
    assert [case["vars"] for case in file.cases] == [{"a": "hello"}, {"b": 1}]
    assert file.cases[0]["assertions"] == [{"type": "is-json"}]


def test_a_variable_may_name_others(read):
    file = read(
        "defaultTest: {vars: {place: 'ward {{number}}', number: 3}}\n"
        "tests: [{vars: {say: 'Go to {{ place }} or {{none}}', lang: [en, de], told: 'in {{lang}}'}}]"
    )
    first, second = (case["vars"] for case in file.cases)
    assert first["place"] == "ward 3"
    assert first["say"] == "Go to ward 3 or {{none}}"
    assert (first["told"], second["told"]) == ("in en", "in de")


def test_variables_that_grow_without_end_are_refused(read):
    with pytest.raises(Unacceptable, match="grows without end"):
        read("tests: [{vars: {a: '" + "{{a}}" * 60 + "'}}]")


def test_what_the_environment_would_fill_in_is_told(read):
    file = read(
        "tests: [{vars: {a: '{{env.NAME}}'}}, {assert: [{type: contains, value: 'x {{ env.B }}'}]}, {}]"
    )
    (told,) = file.unsupported
    assert (told.what, told.count) == ("{{ env.… }}", 2)
    assert [case["tags"] for case in file.cases] == [["incomplete"], ["incomplete"], []]


def test_a_case_without_its_own_way_of_scoring_asks_less_than_its_file(read):
    file = read("tests: [{assertScoringFunction: file://score.js, assert: [{type: is-json}]}]")
    assert (file.cases[0]["tags"], len(file.unsupported)) == (["incomplete"], 1)


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_of_a_spreadsheet_may_have_other_signs_between_cells(read, sign):
    rows = [["q", "__expected", "note"], ["one", '"contains: a; b, c"', "x, y"]]
    file = read("tests: file://t.csv", **{"t.csv": "\n".join(map(sign.join, rows))})
    assert file.cases[0]["vars"] == {"q": "one", "note": "x, y"}
    assert file.cases[0]["assertions"] == [{"type": "contains", "value": "a; b, c"}]


def test_yes_and_no_are_words(read):
    file = read("tests: [{vars: {on: no}, assert: [{type: contains-any, value: [yes, No, 1e3]}]}]")
    assert file.cases[0]["vars"] == {"on": "no"}
    assert file.cases[0]["assertions"][0]["value"] == ["yes", "No", 1000.0]


def test_what_no_answer_can_ever_meet_is_told(read):
    file = read(
        "tests: [{assert: [{type: regex, value: '('}]}, {assert: [{type: assert-set, assert:"
        " [{type: not-regex, value: '('}, {type: is-json, value: {type: objekt}}]}]},"
        " {assert: [{type: regex, value: '('}, {type: regex, value: 'a{{x}}'}]}]"
    )
    told = {(one.what, one.count) for one in file.unsupported}
    assert told == {("regex that is none", 2), ("not-regex that is none", 1), ("is-json that is none", 1)}
    assert len(file.cases) == 3
