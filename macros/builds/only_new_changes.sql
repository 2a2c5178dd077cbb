{#-
    The changes are named, not compared with a subquery: so Delta reads their files only, and Spark knows that they are
    few.
-#}
{%- macro only_new_changes() -%}
    {%- if execute and is_incremental() -%}
        {%- set by_invocation -%}
            select
                changes.invocation_id,
                sums.invocation_id
            from (select distinct invocation_id from {{ ref('population_changes') }}) as changes
            full join (select distinct invocation_id from {{ this }}) as sums using (invocation_id)
            where changes.invocation_id is null or sums.invocation_id is null
        {%- endset -%}
        {%- set new = [] -%}
        {%- for changed, added in run_query(by_invocation) -%}
            {%- if changed is none -%}
                {%- do exceptions.raise_compiler_error(
                    this ~ ' holds sums of changes that ' ~ ref('population_changes') ~ ' no longer has: run dbt with '
                    ~ '--full-refresh --select population_changes+'
                ) -%}
            {%- endif -%}
            {%- do new.append(sql_string(changed)) -%}
        {%- endfor -%}
        where invocation_id in ({{ new | join(', ') or 'null' }})
    {%- endif -%}
{%- endmacro -%}
