{#- The table has been created with its constraints: see spark__tblproperties_clause. -#}
{% macro spark__persist_constraints(relation, model) %}{% endmacro %}
