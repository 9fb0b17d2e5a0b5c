"""PATCH by two at once: one wins, the other is told; and what happens without the lock."""

import threading
from functools import partial

import pytest
from django.db import connection

from cms.core import clock
from cms.core.api.conditions import require_state
from tests.core.api.conftest import Api, token_for
from tests.core.api.test_writing import PATH, article
from tests.factories.accounts import make_user
from tests.factories.api import make_tree


def race(*jobs):
    """Run the jobs at once, each on its own connection; return their results."""
    barrier, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(index, job):
        try:
            barrier.wait(20)
            results[index] = job()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_the_same_tag_exactly_one_wins():
    make_tree()
    admin = make_user(is_superuser=True, is_staff=True)
    clients = [Api(token_for(admin, "read", "write")) for _ in range(2)]
    for round_ in range(3):
        tag = clients[0].get(PATH).headers["ETag"]
        jobs = [
            partial(client.patch, PATH, {"title": f"Tour {round_} client {n}"}, headers={"If-Match": tag})
            for n, client in enumerate(clients)
        ]
        statuses = [response.status_code for response in race(*jobs)]
        assert sorted(statuses) == [204, 412]
        winner = statuses.index(204)
        assert article().title == f"Tour {round_} client {winner}"


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_win():
    """The control: the same comparison on a row that is read but not locked lets both through."""
    from django.db import transaction
    from django.test import RequestFactory

    from cms.core import actions

    make_tree()
    tag = f'"{article().version}.x"'
    met = threading.Barrier(2)

    def unprotected(title):
        def job():
            request = RequestFactory().get("/", headers={"If-Match": tag})
            with transaction.atomic():
                page = article()  # read, not locked
                require_state(request, page.version)
                met.wait(20)  # both have compared
                actions.edit_page(page, changes={"title": title}, user=None, now=clock.now(), publish=True)
            return 204

        return job

    assert race(unprotected("Un"), unprotected("Deux")) == [204, 204]
