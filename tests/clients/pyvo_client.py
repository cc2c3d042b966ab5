"""
What astronomers do with pyvo: `python pyvo_client.py WHAT URL`, WHAT being the name of a function below, URL that of the
server. It ends with 0 when all of it went as pyvo's users may expect.
"""

import sys
from datetime import datetime, timedelta, timezone
from io import BytesIO
from urllib.request import urlopen

import pyvo
import requests
from astropy.table import Table
from pyvo.dal import AsyncTAPJob
from pyvo.dal.exceptions import DALQueryError, DALServiceError
from pyvo.io import uws

POSITIONS = "name,ra,dec\nSirius,101.2872,-16.7161\nPleiades,56.75,24.12\n"


def create(url, service, **parameters):
    """A job that waits, as a service of its own kind lets create it: pyvo knows how to create those of TAP only."""
    answer = requests.post(f"{url}/{service}/async", data=parameters, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    return AsyncTAPJob(answer.headers["Location"])


def run(url):
    """Another duration and destruction time, run, wait, the table, delete."""
    job = create(url, "crossmatch", TABLE=POSITIONS, RADIUS="0.2", RUNID="night 7")
    assert (job.phase, job.job.runid) == ("PENDING", "night 7")
    assert job.uws_version == "1.1", job.uws_version
    job.execution_duration = 120
    assert job.execution_duration.sec == 120, job.execution_duration
    wanted = now().replace(microsecond=0) + timedelta(days=2)
    job.destruction = wanted
    assert job.destruction.to_datetime() == wanted, job.destruction
    assert job.quote.to_datetime() < wanted, job.quote

    job.run().wait(timeout=50)
    assert job.phase == "COMPLETED", job.phase
    assert [result.id_ for result in job.results] == ["result", "csv", "chart"], job.result_uris
    table = job.fetch_result().to_table()
    assert sorted(zip(table["name"], table["hip"])) == [("Pleiades", 17702), ("Sirius", 32349)], table

    page = job.url
    job.delete()
    assert requests.get(page).status_code == 404


def fail(url):
    """A job that fails raises its message, and one that was aborted raises too."""
    job = create(url, "simulate", OUTCOME="fatal", DURATION="0")
    job.run().wait(timeout=50)
    assert job.phase == "ERROR", job.phase
    raised(DALQueryError, "the simulated job failed for good", job.raise_if_error)
    raised(DALQueryError, "the simulated job failed for good", job.fetch_result)

    job = create(url, "simulate", DURATION="600")
    job.run().abort()
    assert job.phase == "ABORTED", job.phase
    raised(DALQueryError, "", job.raise_if_error)

    raised(DALServiceError, "There is no job", lambda: AsyncTAPJob(f"{url}/simulate/async/00000000-0000-7000-8000-000000000000"))


def now():
    """UTC without saying so, as pyvo has times."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def raised(kind, message, work):
    try:
        work()
    except kind as error:
        assert message in str(error), error
        return
    raise AssertionError(f"no {kind.__name__}: {message}")


def upload(url):
    """A table is uploaded in pyvo's own kind of multipart, and comes back."""
    service = pyvo.dal.TAPService(f"{url}/simulate")
    job = service.submit_job("select 1", uploads={"stars": Table({"hip": [1, 2, 3]})}, maxrec=7)
    given = {parameter.id_: parameter for parameter in job.job.parameters}
    assert given["QUERY"].content == "select 1", given
    assert given["MAXREC"].content == "7", given
    name, reference = given["UPLOAD"].content.split(",")
    assert name == "stars", given["UPLOAD"].content
    uploaded = given[reference.removeprefix("param:")]
    assert uploaded.byreference, uploaded
    with urlopen(uploaded.content) as answer:
        assert list(Table.read(BytesIO(answer.read()), format="votable")["hip"]) == [1, 2, 3]
    job.delete()


def lists(url):
    """Lists with their filters, and documents, as pyvo's parsers read them."""
    service = pyvo.dal.TAPService(f"{url}/simulate")
    start = now()
    first = create(url, "simulate", RUNID="list me", DURATION="0", RESULT_BYTES="123", MARKUP="<&>")
    second = create(url, "simulate", DURATION="0")
    first.run().wait(timeout=50)

    known = {job.jobid: job for job in service.get_job_list()}
    assert known[first.job_id].phase == "COMPLETED", known
    assert known[first.job_id].runid == "list me", known

    def ids(**filters):
        return [job.jobid for job in service.get_job_list(**filters)]

    assert second.job_id in ids(phases=["PENDING", "HELD"])
    assert first.job_id not in ids(phases=["PENDING", "HELD"])
    assert ids(last=1) == [second.job_id], ids(last=1)
    assert ids(after=start + timedelta(days=1)) == []
    assert {first.job_id, second.job_id} <= set(ids(after=start - timedelta(seconds=1)))
    assert [job.jobid for job in uws.parse_job_list(f"{url}/simulate/async?LAST=1")] == [second.job_id]

    job = uws.parse_job(first.url)
    assert job.version == "1.1", job.version
    assert (job.jobid, job.runid, job.phase) == (first.job_id, "list me", "COMPLETED")
    assert job.creationtime <= job.starttime <= job.endtime < job.destruction
    assert {each.id_: each.content for each in job.parameters}["MARKUP"] == "<&>"
    results = {each.id_: each for each in job.results}
    assert (int(results["result-1"].size), results["result-1"].mimetype) == (123, "text/plain")
    with urlopen(results["result-1"].href) as answer:
        assert len(answer.read()) == 123


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])
