select
    audience_id,
    mpid,
    since
from earlier_members()
