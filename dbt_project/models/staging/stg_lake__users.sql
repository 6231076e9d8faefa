select
    lake.workspace,
    lake.input,
    lake.environment,
    coalesce(logins.mpid, lake.mpid) as mpid,
    lake.login_identity,
    lake.said_at,
    lake.received_at,
    lake.statement,
    lake.name,
    lake.purpose,
    lake.value,
    lake.elements,
    lake.is_removed,
    lake.consented,
    lake.fields,
    lake.source_path,
    lake.source_line,
    lake.position,
    lake.day
from {{ ref('base_lake__users') }} as lake
left join {{ ref('int_login_identities') }} as logins
    on lake.login_identity = logins.login_identity
