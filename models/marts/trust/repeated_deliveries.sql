with deliveries as (

    select * from {{ ref('int_deliveries') }}

),

duplicates as (

    select keen_id from deliveries
    where disposition = 'duplicate'

),

-- The deliveries of an attempt are the same bytes, so the ids and the name are the same in each.
final as (

    select
        keen_id,
        min(user_exam_id) as user_exam_id,
        min(base_exam_id) as base_exam_id,
        min(exam_name) as exam_name,
        count(*) as deliveries,
        min(published_at) as first_published_at,
        max(published_at) as last_published_at,
        array_sort(
            collect_list(struct(load_id, topic, partition, offset, published_at, source_file, source_position))
        ) as delivered_in
    from deliveries
    where keen_id in (select duplicates.keen_id from duplicates)
    group by keen_id

)

select * from final
