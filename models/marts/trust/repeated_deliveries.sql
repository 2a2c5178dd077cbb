with duplicates as (

    select keen_id from {{ ref('stg_assess__messages') }}
    where disposition = 'duplicate'

),

messages as (

    select * from {{ ref('stg_assess__messages') }}
    where disposition in ('accepted', 'duplicate') and keen_id in (select duplicates.keen_id from duplicates)

),

repeated as (

    select
        keen_id,
        count(*) as deliveries,
        min(published_at) as first_published_at,
        max(published_at) as last_published_at,
        array_sort(
            collect_list(struct(load_id, topic, partition, offset, published_at, source_file, source_position))
        ) as delivered_in
    from messages
    group by keen_id

),

attempts as (

    select * from {{ ref('fct_attempts') }}

),

final as (

    select
        repeated.keen_id,
        attempts.user_exam_id,
        attempts.base_exam_id,
        attempts.exam_name,
        repeated.deliveries,
        repeated.first_published_at,
        repeated.last_published_at,
        repeated.delivered_in
    from repeated
    inner join attempts on repeated.keen_id = attempts.keen_id

)

select * from final
