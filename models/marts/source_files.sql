with deliveries_by_record as (

    select
        source_sha256,
        record,
        max_by(source, struct(load_id, topic, partition, offset)) as source,
        max(struct(load_id, topic, partition, offset)) as latest,
        min(records) as records,
        max(records) as most_records,
        count(*) as deliveries,
        min(landed_at) as first_landed_at,
        max(landed_at) as last_landed_at
    from {{ source('raw', 'assess') }}
    where source_sha256 is not null
    group by source_sha256, record

),

files as (

    select
        source_sha256,
        max_by(source, latest) as source,
        min(records) as records,
        max(most_records) as most_records,
        count_if(record >= 0 and record < records) as landed,
        count(*) as distinct_records,
        sum(deliveries) as messages,
        min(deliveries) as fewest_deliveries,
        max(deliveries) as most_deliveries,
        min(first_landed_at) as first_landed_at,
        max(last_landed_at) as last_landed_at
    from deliveries_by_record
    group by source_sha256

)

select
    source_sha256,
    source,
    records,
    landed,
    records - landed as missing,
    messages,
    fewest_deliveries,
    most_deliveries,
    first_landed_at,
    last_landed_at,
    coalesce(
        records = most_records
        and landed = records
        and distinct_records = records
        and fewest_deliveries = most_deliveries,
        false
    ) as is_complete
from files
