select
    source_file,
    source_sha256,
    source_records,
    landed,
    missing,
    messages,
    last_landed_at,
    is_complete
from {{ schema }}.source_files
order by last_landed_at desc, source_file, source_sha256
