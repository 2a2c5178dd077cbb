with attempts as (

    select * from {{ ref('fct_attempts') }}

),

totals as (

    select
        count(*) as attempts,
        coalesce(sum(deliveries), 0) as rows_delivered,
        count_if(is_test) as test_attempts,
        coalesce(sum(if(is_test, deliveries, 0)), 0) as test_rows
    from attempts

),

ids as (

    select
        user_exam_id,
        count(*) as attempts,
        sum(deliveries) as rows_delivered
    from attempts
    group by user_exam_id

),

id_totals as (

    select
        count_if(attempts = 1) as once_by_attempts,
        count_if(rows_delivered = 1) as once_by_rows,
        count_if(attempts > 1) as more_by_attempts,
        count_if(rows_delivered > 1) as more_by_rows,
        coalesce(sum(if(attempts > 1, attempts, 0)), 0) as attempts_of_more,
        coalesce(sum(if(rows_delivered > 1, rows_delivered, 0)), 0) as rows_of_more
    from ids

),

retakes as (

    select
        coalesce(sum(retakes), 0) as retakes,
        coalesce(sum(sessions_of_several), 0) as sessions,
        coalesce(sum(if(is_inferred, chance_links, 0D)), 0D) as chance,
        count_if(not is_inferred) as exams_left_out
    from {{ ref('retake_inference') }}

),

retakes_in_words as (

    select
        concat(
            {{ plural('retakes', 'attempt') }}, ' in ', {{ plural('sessions', 'session') }},
            ' of more than one; chance gives ',
            if(chance < 0.5, 'less than one', concat('about ', cast(round(chance) as int))),
            if(exams_left_out = 0, '', concat('; not inferred at ', {{ plural('exams_left_out', 'exam') }}))
        ) as retakes
    from retakes

),

topics as (

    select coalesce(nullif(array_join(array_sort(collect_set(topic)), '; '), ''), 'none') as topic
    from {{ ref('stg_assess__messages') }}

),

exam_of_question_5 as (

    select
        count(distinct user_exam_id) as ids,
        count(*) as attempts,
        coalesce(sum(deliveries), 0) as rows_delivered,
        count(distinct session_id) as sessions,
        max(session_reason) as session_reason
    from attempts
    where exam_name = {{ sql_string(var('exam_of_question_5')) }}

),

exams as (

    select
        exam_name,
        count(*) as attempts,
        sum(deliveries) as rows_delivered
    from attempts
    group by exam_name

),

ranked_exams as (

    select
        exam_name,
        attempts,
        rows_delivered,
        min(attempts) over () as fewest_attempts,
        max(attempts) over () as most_attempts,
        min(rows_delivered) over () as fewest_rows,
        max(rows_delivered) over () as most_rows
    from exams

),

extreme_exams as (

    select
        max(fewest_attempts) as fewest_attempts,
        max(fewest_rows) as fewest_rows,
        array_sort(collect_list(if(attempts = fewest_attempts, exam_name, null))) as rarest_by_attempts,
        array_sort(collect_list(if(attempts = most_attempts, exam_name, null))) as commonest_by_attempts,
        array_sort(collect_list(if(rows_delivered = fewest_rows, exam_name, null))) as rarest_by_rows,
        array_sort(collect_list(if(rows_delivered = most_rows, exam_name, null))) as commonest_by_rows
    from ranked_exams

),

hours as (

    select
        start_hour,
        count(*) as attempts,
        sum(deliveries) as rows_delivered
    from attempts
    group by start_hour

),

ranked_hours as (

    select
        start_hour,
        attempts,
        rows_delivered,
        max(attempts) over () as most_attempts,
        max(rows_delivered) over () as most_rows
    from hours

),

popular_hours as (

    select
        max(most_attempts) as most_attempts,
        max(most_rows) as most_rows,
        array_join(array_sort(collect_list(if(attempts = most_attempts, start_hour, null))), '; ') as by_attempts,
        array_join(array_sort(collect_list(if(rows_delivered = most_rows, start_hour, null))), '; ') as by_rows
    from ranked_hours

),

final as (

    select
        1 as question_number,
        'How many assessments are in the dataset?' as question,
        cast(rows_delivered as string) as answer_as_delivered,
        cast(attempts as string) as answer,
        cast(null as string) as answer_inferred,
        'As delivered: every readable message. The answer: byte-identical deliveries of an attempt count once.'
            as explanation
    from totals

    union all

    select
        2 as question_number,
        'How many user_exam_ids took only one assessment?' as question,
        cast(once_by_rows as string) as answer_as_delivered,
        cast(once_by_attempts as string) as answer,
        'not known' as answer_inferred,
        'As delivered: user_exam_ids in exactly one message. The answer: user_exam_ids with exactly one attempt. '
        || 'Inferred: a user_exam_id is not known to be a person, and a session stays within one exam, so nothing '
        || 'tells how many people took only one assessment.' as explanation
    from id_totals

    union all

    select
        3 as question_number,
        'Were there individuals that retook an exam?' as question,
        if(
            id_totals.more_by_rows = 0, 'nobody by id',
            concat({{ plural('id_totals.more_by_rows', 'id') }}, ', in ', id_totals.rows_of_more, ' rows')
        ) as answer_as_delivered,
        if(
            id_totals.more_by_attempts = 0, 'nobody by id',
            concat({{ plural('id_totals.more_by_attempts', 'id') }}, ', in ', id_totals.attempts_of_more, ' attempts')
        ) as answer,
        retakes_in_words.retakes as answer_inferred,
        'As delivered: user_exam_ids in more than one message. The answer: with more than one attempt; '
        || 'the same bytes delivered again are not a retake. Inferred: attempts that start at most '
        || '{{ var("retake_window_seconds") }} s after another one at the same exam ended, with nobody else in between.'
            as explanation
    from id_totals
    cross join retakes_in_words

    union all

    select
        4 as question_number,
        'What is the name of the Kafka topic?' as question,
        topic as answer_as_delivered,
        topic as answer,
        cast(null as string) as answer_inferred,
        'The topic that the messages were read from.' as explanation
    from topics

    union all

    select
        5 as question_number,
        {{ sql_string('How many people took ' ~ var('exam_of_question_5') ~ '?') }} as question,
        concat({{ plural('ids', 'id') }}, ' (', {{ plural('rows_delivered', 'row') }}, ')') as answer_as_delivered,
        concat({{ plural('ids', 'id') }}, ' (', {{ plural('attempts', 'attempt') }}, ')') as answer,
        case
            when attempts = 0 then 'nobody'
            when session_reason is null
                then
                    concat(
                        'about ', {{ plural('sessions', 'person', 'people') }},
                        ' or fewer (', {{ plural('sessions', 'session') }}, ')'
                    )
            else 'not inferred at this exam'
        end as answer_inferred,
        'Distinct user_exam_ids among the attempts at exams of this name, and in brackets as delivered their messages, '
        || 'in the answer their attempts. Inferred: an attempt that follows another one is the same person''s; who '
        || 'comes back later counts as somebody new.' as explanation
    from exam_of_question_5

    union all

    select
        6 as question_number,
        'What is the least common exam, and the most common?' as question,
        {{ exam_extremes_in_words('fewest_rows', 'rarest_by_rows', 'commonest_by_rows') }} as answer_as_delivered,
        {{ exam_extremes_in_words('fewest_attempts', 'rarest_by_attempts', 'commonest_by_attempts') }} as answer,
        cast(null as string) as answer_inferred,
        'Exams by name. As delivered: by messages. The answer: by attempts. Ties in alphabetical order.'
            as explanation
    from extreme_exams

    union all

    select
        7 as question_number,
        'Is there test data?' as question,
        if(
            test_rows = 0, '0 rows',
            concat({{ plural('test_rows', 'row') }}, ', ', {{ sql_string(var('test_exam_id')) }})
        ) as answer_as_delivered,
        cast(test_attempts as string) as answer,
        cast(null as string) as answer_inferred,
        'Records with the base_exam_id ' || {{ sql_string(var('test_exam_id')) }}
        || '. As delivered: messages. The answer: attempts.'
            as explanation
    from totals

    union all

    select
        8 as question_number,
        'What is the most popular hour to start (UTC)?' as question,
        coalesce(concat(by_rows, ', ', {{ plural('most_rows', 'row') }}), 'none') as answer_as_delivered,
        coalesce(concat(by_attempts, ', ', most_attempts), 'none') as answer,
        cast(null as string) as answer_inferred,
        'The hour of started_at in UTC, and how many started in it. As delivered: messages. The answer: attempts.'
            as explanation
    from popular_hours

)

select * from final
