with attempts as (

    select * from {{ ref('int_deliveries') }}
    where disposition = 'accepted'

),

exploded as (

    select
        keen_id,
        base_exam_id,
        question_set_id,
        exam_name,
        is_test,
        load_id,
        question_list.id as question_ids,
        posexplode(question_list) as (question_index, question)
    from attempts

),

final as (

    select
        keen_id,
        cast(question_index + 1 as int) as question_position,
        question.id as question_id,
        base_exam_id,
        question_set_id,
        exam_name,
        is_test,

        array_position(question_ids, question.id) = question_index + 1 as is_first_presentation,
        question.user_result as result,
        question.user_correct as is_correct,
        question.user_incomplete as is_incomplete,
        question.user_submitted as is_submitted,

        coalesce(question.options, array()) as option_list,
        load_id
    from exploded

)

select * from final
