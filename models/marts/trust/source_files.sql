with deliveries_by_record as (

    select
        source_sha256,
        source_position,
        max_by(source_file, struct(load_id, topic, partition, offset)) as source_file,
        max(struct(load_id, topic, partition, offset)) as latest,
        min(source_records) as source_records,
        max(source_records) as most_records,
        count(*) as deliveries,
        min(landed_at) as first_landed_at,
        max(landed_at) as last_landed_at
    from {{ ref('stg_assess__messages') }}
    where source_sha256 is not null
    group by source_sha256, source_position

),

files as (

    select
        source_sha256,
        max_by(source_file, latest) as source_file,
        min(source_records) as source_records,
        max(most_records) as most_records,
        count_if(source_position >= 0 and source_position < source_records) as landed,
        count(*) as distinct_records,
        sum(deliveries) as messages,
        min(deliveries) as fewest_deliveries,
        max(deliveries) as most_deliveries,
        min(first_landed_at) as first_landed_at,
        max(last_landed_at) as last_landed_at
    from deliveries_by_record
    group by source_sha256

),

final as (

    select
        source_sha256,
        source_file,
        source_records,
        landed,
        -- Null where the headers of another program's message name a number that no file has.
        try_subtract(source_records, landed) as missing,
        messages,
        fewest_deliveries,
        most_deliveries,
        first_landed_at,
        last_landed_at,
        coalesce(
            source_records = most_records
            and landed = source_records
            and distinct_records = source_records
            and fewest_deliveries = most_deliveries,
            false
        ) as is_complete
    from files

)

select * from final
