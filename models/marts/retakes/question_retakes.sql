with questions as (

    select
        base_exam_id,
        question_id,
        count(*) as retakes,
        count_if(was_correct and is_correct) as right_then_right,
        count_if(not was_correct and is_correct) as wrong_then_right,
        count_if(was_correct and not is_correct) as right_then_wrong,
        count_if(not was_correct and not is_correct) as wrong_then_wrong,
        count_if(was_correct) as right_before,
        count_if(not was_correct) as wrong_before
    from {{ ref('fct_retaken_questions') }}
    group by base_exam_id, question_id

),

shares as (

    select
        *,
        try_divide(wrong_then_right, wrong_before) as corrected_share,
        {{ wilson_bound('wrong_then_right', 'wrong_before', 'low') }} as corrected_share_low,
        {{ wilson_bound('wrong_then_right', 'wrong_before', 'high') }} as corrected_share_high,
        try_divide(right_then_wrong, right_before) as lost_share
    from questions

),

exams as (

    select * from {{ ref('dim_exams') }}

),

final as (

    select
        shares.base_exam_id,
        shares.question_id,
        exams.exam_name,
        exams.is_test,

        shares.retakes,
        shares.right_then_right,
        shares.wrong_then_right,
        shares.right_then_wrong,
        shares.wrong_then_wrong,

        shares.wrong_before,
        shares.corrected_share,
        shares.corrected_share_low,
        shares.corrected_share_high,
        shares.right_before,
        shares.lost_share,
        case
            when shares.corrected_share_high < 0.5 then 'mostly stays wrong'
            when shares.corrected_share_low > 0.5 then 'mostly gets corrected'
            else 'not known'
        end as verdict
    from shares
    inner join exams on shares.base_exam_id = exams.base_exam_id

)

select * from final
