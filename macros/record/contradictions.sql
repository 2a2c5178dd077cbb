{#-
    Parts are compared only where both are present. A question whose result we do not know may count as one of any
    result: then each count has bounds, and sums of counts are compared only with the number of questions.
    The sums are decimal: a count may be any bigint.
-#}
{%- macro contradictions(attempt, counted) -%}
    {%- set counts = attempt ~ '.sequences.counts' -%}
    {%- set names = ['total', 'submitted', 'correct', 'incorrect', 'incomplete', 'unanswered'] -%}
    {%- set answered = counted ~ '.correct + ' ~ counted ~ '.incorrect + ' ~ counted ~ '.missed_some' -%}
    {%- set unknown = '(' ~ counted ~ '.listed - (' ~ answered ~ ') - ' ~ counted ~ '.unanswered)' -%}
    {#- By count: the questions with a known result that it counts, in words, and how many more it may count. -#}
    {%- set of_questions = {
        'total': (counted ~ '.listed', 'listed', '0'),
        'submitted': (answered, 'answered', unknown),
        'correct': (counted ~ '.correct', 'correct', unknown),
        'incorrect': (counted ~ '.incorrect', 'incorrect', unknown),
        'incomplete': (counted ~ '.missed_some', 'missed_some', unknown),
        'unanswered': (counted ~ '.unanswered', 'unanswered', unknown),
    } -%}
    {%- set of_counts = [
        ('total', 'submitted and unanswered', ['submitted', 'unanswered']),
        (
            'total', 'correct, incorrect, incomplete and unanswered',
            ['correct', 'incorrect', 'incomplete', 'unanswered'],
        ),
        ('submitted', 'correct, incorrect and incomplete', ['correct', 'incorrect', 'incomplete']),
    ] -%}
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
            and {{ unknown }} = 0
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
            {%- for name, (number, word, more) in of_questions.items() %}
            if(
                {{ counts }}.{{ name }} not between {{ number }} and {{ number }} + {{ more }},
                concat(
                    'sequences.counts.{{ name }} is ', {{ counts }}.{{ name }}, ', but ', {{ number }},
                    if({{ more }} > 0, concat(' to ', {{ number }} + {{ more }}), ''),
                    if({{ number }} = 1 and {{ more }} = 0, ' question is ', ' questions are '), '{{ word }}'
                ),
                null
            ),
            {%- endfor %}
            if(
                {{ unknown }} = 0
                and {{ counts }}.all_correct != ({{ counted }}.correct = {{ counted }}.listed),
                concat(
                    'sequences.counts.all_correct is ', {{ counts }}.all_correct,
                    ', but ', {{ counted }}.correct, ' of ', {{ counted }}.listed,
                    if({{ counted }}.listed = 1, ' question is ', ' questions are '), 'correct'
                ),
                null
            ),
            {%- for whole, words, parts in of_counts %}
            {%- set sum, least = [], [] %}
            {%- for part in parts %}
                {%- do sum.append('cast(' ~ counts ~ '.' ~ part ~ ' as decimal(20, 0))') %}
                {%- do least.append('coalesce(' ~ sum[-1] ~ ', 0)') %}
            {%- endfor %}
            if(
                {{ counted }} is null
                and coalesce({{ sum | join(', ') }}) is not null
                and coalesce(
                    {{ counts }}.{{ whole }} != {{ sum | join(' + ') }},
                    {{ counts }}.{{ whole }} < {{ least | join(' + ') }}
                ),
                concat(
                    'sequences.counts.{{ whole }} is ', {{ counts }}.{{ whole }}, ', but {{ words }} add up to ',
                    {{ least | join(' + ') }}
                ),
                null
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
                {%- for part in of_counts[1][2] -%}
                    coalesce(cast({{ counts }}.{{ part }} as decimal(20, 0)), 0){{ ' + ' if not loop.last }}
                {%- endfor -%}
            {%- endset %}
            if(
                {{ unknown }} > 0 and {{ sum }} > {{ counted }}.listed,
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
