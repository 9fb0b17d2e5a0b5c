"""The OpenAPI document against the running server: whatever is asked, the answer is one that it describes."""

import warnings

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.factories.api import make_article, make_tree

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = 8


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_reading_never_departs_from_the_description(live_site, mode):
    tree = make_tree()
    make_article(tree.section, "Un deuxième", slug="deux")
    schema = schemathesis.openapi.from_url(f"{live_site.url}/++api++/@openapi")
    failures, asked = [], 0
    for result in schema.include(method="GET").get_all_operations():
        operation = result.ok()
        if "@docs" in operation.path or "@openapi" in operation.path:
            continue

        @seed(20181)
        @settings(
            max_examples=EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def fuzz(case):
            nonlocal asked
            case.path_parameters = {**(case.path_parameters or {})}
            if asked % 2 and "path" in case.path_parameters:
                case.path_parameters["path"] = ("fr", "fr/programme", "fr/programme/experts")[asked % 3]
            asked += 1
            response = case.call(base_url=live_site.url, timeout=20)
            case.validate_response(response)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fuzz()
        except Unsatisfiable:
            continue  # nothing of this operation can be wrong: it has no parameters
        except (Exception, BaseExceptionGroup) as error:
            failures.append(f"{operation.label}: {error}")
    assert not failures, "\n\n".join(failures)
    assert asked > 60
