"""pyvo as a user: `python pyvo_login.py URL`. It ends with 0 when all of it went as pyvo's users may expect."""

import sys

import pyvo
from pyvo.dal.exceptions import DALServiceError

url = f"{sys.argv[1]}/simulate"


def session(name, password):
    """A session that logs in, with what pyvo has found out from the service's capabilities."""
    auth = pyvo.auth.AuthSession()
    auth.credentials.set_password(name, password)
    auth.update_from_capabilities(pyvo.io.vosi.parse_capabilities(f"{url}/capabilities"))
    return auth


def refused(work):
    try:
        work()
    except DALServiceError as error:
        return error.code
    raise AssertionError("this was not refused")


ada, grace = session("ada", "difference engine"), session("grace", "nanoseconds")
job = pyvo.dal.TAPService(url, session=ada).submit_job("select 1")
assert job.owner == "ada", job.owner
job.run().wait(timeout=50)
assert job.phase == "COMPLETED", job.phase
assert refused(lambda: pyvo.dal.AsyncTAPJob(job.url, session=grace)) == 403
assert refused(lambda: pyvo.dal.AsyncTAPJob(job.url)) == 401
assert [each.jobid for each in pyvo.dal.TAPService(url, session=grace).get_job_list()] == []
assert job.job_id in [each.jobid for each in pyvo.dal.TAPService(url, session=ada).get_job_list()]
job.delete()
