-- Invariant: of each source file, all records from 0 to the last are in the raw table, each as often as the others.
-- Prevents: files that arrived in part, and records that were sent more often than the rest of their file.
-- No generic test fits: the numbers that must be there follow from a column of the same table.
with deliveries_by_record as (

    select
        source_sha256,
        record,
        min(records) as records,
        max(records) as most_records,
        count(*) as deliveries
    from {{ source('raw', 'assess') }}
    where source_sha256 is not null
    group by source_sha256, record

)

select
    source_sha256,
    min(records) as records,
    count(record) as records_found,
    min(record) as first_record,
    max(record) as last_record,
    min(deliveries) as fewest_deliveries,
    max(deliveries) as most_deliveries
from deliveries_by_record
group by source_sha256
having
    not (
        min(records) <=> max(most_records)
        and count(*) <=> min(records)
        and min(record) <=> 0
        and max(record) <=> min(records) - 1
        and min(deliveries) <=> max(deliveries)
    )
