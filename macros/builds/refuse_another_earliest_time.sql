{#-
    The messages would keep their disposition. A reason that begins otherwise holds for any value of the variable, and
    may quote the message.
-#}
{%- macro refuse_another_earliest_time() -%}
    {%- if execute and is_incremental() -%}
        {%- set earliest = var('earliest_time') -%}
        {%- set stale = run_query(
            'select coalesce(rejection_reason, concat(keen_id, " is accepted")) from ' ~ this
            ~ ' where (rejection_reason rlike "^(started_at|keen_timestamp) is before " and not startswith('
            ~ 'split(rejection_reason, " is before ", 2)[1], "' ~ earliest ~ ': ")) or (rejection_reason is null and '
            ~ 'least(started_at, finished_at) < timestamp"' ~ earliest ~ '") limit 1'
        ) -%}
        {%- for row in stale -%}
            {%- do exceptions.raise_compiler_error(
                'the variable earliest_time is ' ~ earliest ~ ', but ' ~ this ~ ' was built with another one (see "'
                ~ row[0] ~ '"). Run dbt build --full-refresh, or set the variable back'
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
