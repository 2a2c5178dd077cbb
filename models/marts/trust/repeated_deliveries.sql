with deliveries as (

    select * from {{ ref('fct_deliveries') }}

),

duplicates as (

    select keen_id from deliveries
    where disposition = 'duplicate'

),

-- Deliveries of an attempt are the same bytes, so their values are the same, too.
final as (

    select
        keen_id,
        user_exam_id,
        base_exam_id,
        exam_name,
        count(*) as deliveries,
        min(published_at) as first_published_at,
        max(published_at) as last_published_at,
        array_sort(
            collect_list(struct(load_id, topic, partition, offset, published_at, source_file, source_position))
        ) as delivered_in
    from deliveries
    where keen_id in (select duplicates.keen_id from duplicates)
    group by keen_id, user_exam_id, base_exam_id, exam_name

)

select * from final
