with questions as (

    select * from {{ ref('int_questions') }}

),

exploded as (

    select
        keen_id,
        question_position,
        question_id,
        base_exam_id,
        question_set_id,
        exam_name,
        is_test,
        load_id,
        is_first_presentation,
        option_list.id as option_ids,
        posexplode(option_list) as (option_index, option)
    from questions

),

final as (

    select
        keen_id,
        question_position,
        cast(option_index + 1 as int) as option_position,
        question_id,
        option.id as option_id,
        base_exam_id,
        question_set_id,
        exam_name,
        is_test,

        is_first_presentation and array_position(option_ids, option.id) = option_index + 1 as is_first_presentation,
        option.checked as is_chosen,
        coalesce(option.correct, false) as is_correct,
        coalesce(option.submitted, 0) > 0 as is_submitted,

        -- The cast cannot fail: staging rejects a message in which this text is no ISO 8601 time.
        cast(upper(option.at) as timestamp) as changed_at,
        load_id
    from exploded

)

select * from final
