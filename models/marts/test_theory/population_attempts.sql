with attempts as (

    select * from {{ ref('fct_attempts') }}
    where not is_test

),

final as (

    select
        'all_attempts' as population,
        keen_id,
        base_exam_id,
        question_set_id,
        -- An exam without first attempts is one at which sessions cannot be inferred.
        is_first_in_session is null as is_preferred
    from attempts

    union all

    select
        'first_attempts' as population,
        keen_id,
        base_exam_id,
        question_set_id,
        true as is_preferred
    from attempts
    where is_first_in_session

)

select * from final
