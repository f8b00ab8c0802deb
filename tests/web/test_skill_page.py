"""A skill and a field of activity as people see them: the marks of the report, among their neighbours."""

import re

from tests.service import Running

SKILL = "/doc/basel-2014/skill/03-03"
FIELD = "/doc/basel-2014/field/03"


def page(service: Running, path: str) -> str:
    answer = service.client.get(path, headers={"accept": "text/html", "accept-language": "de"})
    assert answer.status_code == 200
    return answer.text


def test_a_skill_shows_its_marks_in_words(graph_service: Running) -> None:
    """Line 247 of the report: `3. Vermarkten der angebotenen Dienstleistungen - + ++`, columns DE, FR, CH."""
    marks = re.findall(r"<span>(\w\w)</span><b [^>]*>([^<]+)</b><em>([^<]+)</em>", page(graph_service, SKILL))
    assert marks == [
        ("DE", "\N{MINUS SIGN}", "eher unwichtig"),
        ("FR", "+", "eher wichtig"),
        ("CH", "++", "sehr wichtig"),
    ]


def test_a_skill_and_its_field_show_all_skills_of_the_field(graph_service: Running) -> None:
    for path in (SKILL, FIELD):
        numbers = re.findall(r'<span class="no">(3\.\d)</span>', page(graph_service, path))
        assert numbers == [f"3.{number}" for number in range(1, 8)]  # lines 245 to 251
