{% macro impossible_times(attempt, started_at, finished_at, landed_at) -%}
    {%- set times = {'started_at': started_at, 'keen_timestamp': finished_at} -%}
    array_compact(array(
        if(
            {{ started_at }} is null,
            concat('started_at is not a possible date and time: ', left({{ attempt }}.started_at, 60)), null
        ),
        if(
            {{ finished_at }} is null,
            concat('keen_timestamp is not a possible time in seconds: ', left({{ attempt }}.keen_timestamp, 60)), null
        ),
        {%- for field, time in times.items() %}
        case
            when {{ time }} < timestamp'{{ var("earliest_time") }}'
                then concat('{{ field }} is before {{ var("earliest_time") }}: ', left({{ attempt }}.{{ field }}, 60))
            when {{ time }} > {{ landed_at }} + interval 1 day
                then
                    concat(
                        '{{ field }} is more than a day after the message landed: ',
                        left({{ attempt }}.{{ field }}, 60)
                    )
        end,
        {%- endfor %}
        if(
            {{ attempt }}.keen_created_at is not null and {{ epoch_timestamp(attempt ~ '.keen_created_at') }} is null,
            concat('keen_created_at is not a possible time in seconds: ', left({{ attempt }}.keen_created_at, 60)),
            null
        ),
        if(
            exists(
                {{ attempt }}.sequences.questions,
                question -> exists(
                    question.options,
                    option -> option.at is not null and {{ iso_timestamp('option.at') }} is null
                )
            ),
            'sequences.questions.options.at is not a possible date and time', null
        )
    ))
{%- endmacro %}
