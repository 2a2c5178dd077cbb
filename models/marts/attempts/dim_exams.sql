with attempts as (

    select * from {{ ref('fct_attempts') }}

),

final as (

    select
        base_exam_id,
        max_by(exam_name, struct(started_at, load_id, topic, partition, offset)) as exam_name,
        {{ count_few_distinct('exam_name') }} as exam_names,
        {{ count_few_distinct('question_set_id') }} as question_sets,
        count(*) as attempts,
        sum(deliveries) as deliveries,
        min(started_at) as first_attempt_at,
        max(started_at) as last_attempt_at,
        max(is_test) as is_test
    from attempts
    group by base_exam_id

)

select * from final
