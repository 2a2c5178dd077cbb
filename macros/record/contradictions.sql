{#-
    An array of texts, one for each two parts of an attempt that contradict each other. Parts are compared only where
    both are present, and with results only where each question has a result that we know.
    The sums are decimal: a count may be any bigint.
-#}
{%- macro contradictions(attempt, counted) -%}
    {%- set counts = attempt ~ '.sequences.counts' -%}
    {%- set names = ['total', 'submitted', 'correct', 'incorrect', 'incomplete', 'unanswered'] -%}
    {%- set known -%}
        {{ counted }}.correct + {{ counted }}.incorrect + {{ counted }}.missed_some + {{ counted }}.unanswered
        = {{ counted }}.listed
    {%- endset -%}
    {%- set of_questions = {
        'total': ('true', counted ~ '.listed', 'listed'),
        'submitted': (known, counted ~ '.listed - ' ~ counted ~ '.unanswered', 'answered'),
        'correct': (known, counted ~ '.correct', 'correct'),
        'incorrect': (known, counted ~ '.incorrect', 'incorrect'),
        'incomplete': (known, counted ~ '.missed_some', 'missed_some'),
        'unanswered': (known, counted ~ '.unanswered', 'unanswered'),
    } -%}
    {%- set of_counts = {
        'submitted and unanswered': ['submitted', 'unanswered'],
        'correct, incorrect, incomplete and unanswered': ['correct', 'incorrect', 'incomplete', 'unanswered'],
    } -%}
    {%- set of_results = {'user_correct': 'correct', 'user_incomplete': 'missed_some', 'user_submitted': 'unanswered'} -%}
    if(
        -- Nearly all records have all parts, which agree. Only of the others is each part compared.
        coalesce(
            {{ counts }}.total = {{ counted }}.listed
            and {{ counts }}.submitted = {{ counted }}.listed - {{ counted }}.unanswered
            and {{ counts }}.correct = {{ counted }}.correct
            and {{ counts }}.incorrect = {{ counted }}.incorrect
            and {{ counts }}.incomplete = {{ counted }}.missed_some
            and {{ counts }}.unanswered = {{ counted }}.unanswered
            and {{ counts }}.all_correct = ({{ counted }}.correct = {{ counted }}.listed)
            and {{ known }}
            and forall(
                {{ attempt }}.sequences.questions,
                question -> question.user_correct = (question.user_result = 'correct')
                and question.user_incomplete = (question.user_result = 'missed_some')
                and question.user_submitted = (question.user_result != 'unanswered')
            ),
            false
        ),
        array(),
        array_compact(array(
            {%- for name in names %}
            if(
                {{ counts }}.{{ name }} not between 0 and 2147483647,
                concat('sequences.counts.{{ name }} is ', {{ counts }}.{{ name }}, ', not 0 to 2,147,483,647'), null
            ),
            {%- endfor %}
            {%- for name, (condition, number, word) in of_questions.items() %}
            if(
                {{ condition }} and {{ counts }}.{{ name }} != {{ number }},
                concat(
                    'sequences.counts.{{ name }} is ', {{ counts }}.{{ name }}, ', but ', {{ number }},
                    if({{ number }} = 1, ' question is ', ' questions are '), '{{ word }}'
                ),
                null
            ),
            {%- endfor %}
            if(
                {{ known }}
                and {{ counts }}.all_correct != ({{ counted }}.correct = {{ counted }}.listed),
                concat(
                    'sequences.counts.all_correct is ', {{ counts }}.all_correct,
                    ', but ', {{ counted }}.correct, ' of ', {{ counted }}.listed,
                    if({{ counted }}.listed = 1, ' question is ', ' questions are '), 'correct'
                ),
                null
            ),
            {%- for words, parts in of_counts.items() %}
            {%- set sum -%}
                {%- for part in parts -%}
                    cast({{ counts }}.{{ part }} as decimal(20, 0)){{ ' + ' if not loop.last }}
                {%- endfor -%}
            {%- endset %}
            if(
                {{ counted }} is null and {{ counts }}.total != {{ sum }},
                concat('sequences.counts.total is ', {{ counts }}.total, ', but {{ words }} add up to ', {{ sum }}), null
            ),
            {%- endfor %}
            if(
                {{ counted }} is null and {{ counts }}.all_correct != ({{ counts }}.correct = {{ counts }}.total),
                concat(
                    'sequences.counts.all_correct is ', {{ counts }}.all_correct, ', but correct is ',
                    {{ counts }}.correct, ' and total is ', {{ counts }}.total
                ),
                null
            ),
            {%- set sum -%}
                {%- for part in of_counts.values() | last -%}
                    coalesce(cast({{ counts }}.{{ part }} as decimal(20, 0)), 0){{ ' + ' if not loop.last }}
                {%- endfor -%}
            {%- endset %}
            if(
                not ({{ known }}) and {{ sum }} > {{ counted }}.listed,
                concat(
                    'sequences.counts.correct, incorrect, incomplete and unanswered add up to ', {{ sum }},
                    ', but there ', if({{ counted }}.listed = 1, 'is', 'are'), ' only ', {{ counted }}.listed,
                    if({{ counted }}.listed = 1, ' question', ' questions')
                ),
                null
            )
            {%- for flag, result in of_results.items() %},
            {%- set condition -%}
                question.{{ flag }} != (question.user_result {{ '!=' if flag == 'user_submitted' else '=' }} '{{ result }}')
                and question.user_result in ('correct', 'incorrect', 'missed_some', 'unanswered')
            {%- endset %}
            {%- set question = "get(filter(" ~ attempt ~ ".sequences.questions, question -> " ~ condition ~ "), 0)" %}
            if(
                exists({{ attempt }}.sequences.questions, question -> {{ condition }}),
                concat(
                    'sequences.questions.{{ flag }} is ', {{ question }}.{{ flag }},
                    ', but user_result is ', {{ question }}.user_result
                ),
                null
            )
            {%- endfor %}
        ))
    )
{%- endmacro -%}
