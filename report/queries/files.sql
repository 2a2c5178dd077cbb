select
    source,
    source_sha256,
    records,
    landed,
    missing,
    messages,
    last_landed_at,
    is_complete
from {{ schema }}.source_files
order by last_landed_at desc, source, source_sha256
