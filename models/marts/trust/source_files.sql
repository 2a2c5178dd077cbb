with messages as (

    select * from {{ ref('stg_assess__messages') }}
    where source_sha256 is not null

),

deliveries_by_record as (

    select
        source_sha256,
        source_position,
        min(source_records) as source_records,
        max(source_records) as most_records,
        count(*) as deliveries,
        min(landed_at) as first_landed_at,
        max(landed_at) as last_landed_at
    from messages
    group by source_sha256, source_position

),

-- Grouped first: max_by of a text sorts all rows.
names_by_partition as (

    select
        source_sha256,
        source_file,
        load_id,
        topic,
        partition,
        max(offset) as last_offset
    from messages
    group by source_sha256, source_file, load_id, topic, partition

),

latest_names as (

    select
        source_sha256,
        max_by(source_file, struct(load_id, topic, partition, last_offset)) as source_file
    from names_by_partition
    group by source_sha256

),

files as (

    select
        source_sha256,
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
        files.source_sha256,
        latest_names.source_file,
        files.source_records,
        files.landed,
        -- Null where the headers of another program's message name a number that no file has.
        try_subtract(files.source_records, files.landed) as missing,
        files.messages,
        files.fewest_deliveries,
        files.most_deliveries,
        files.first_landed_at,
        files.last_landed_at,
        coalesce(
            files.source_records = files.most_records
            and files.landed = files.source_records
            and files.distinct_records = files.source_records
            and files.fewest_deliveries = files.most_deliveries,
            false
        ) as is_complete
    from files
    inner join latest_names on files.source_sha256 = latest_names.source_sha256

)

select * from final
