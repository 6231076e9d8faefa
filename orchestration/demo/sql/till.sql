-- One row for each line of a basket, with what the product is and what the whole basket saved.
-- Parameters: the files transactions and products, the first instant, the instant after the last.
with lines as (
    select
        household_id,
        basket_id,
        store_id,
        product_id,
        quantity,
        transaction_timestamp::timestamp as sold_at,
        sales_value::decimal(12, 2) as amount,
        retail_disc::decimal(12, 2) as loyalty_discount,
        coupon_disc::decimal(12, 2) as coupon_discount,
        coupon_match_disc::decimal(12, 2) as matched_discount
    from read_parquet($transactions)
    where transaction_timestamp >= $first and transaction_timestamp < $after
),

baskets as (
    select
        basket_id,
        sum(loyalty_discount)::decimal(12, 2) as loyalty_discount,
        sum(coupon_discount + matched_discount)::decimal(12, 2) as coupon_discount
    from lines
    group by basket_id
)

select
    lines.household_id as household,
    lines.basket_id as basket,
    lines.store_id as store,
    lines.sold_at,
    lines.product_id as product,
    case
        when products.product_category is null then products.department
        else products.department || ' > ' || products.product_category
    end as category,
    products.product_type as type,
    products.brand,
    products.package_size as package,
    lines.quantity as units,
    -- What the shelf said: paid, plus what the loyalty card and the matched coupon took off.
    case when lines.quantity > 0 then
        ((lines.amount + lines.loyalty_discount + lines.matched_discount) / lines.quantity)::decimal(12, 2)
    end as shelf_price,
    lines.amount,
    baskets.loyalty_discount as basket_loyalty_discount,
    baskets.coupon_discount as basket_coupon_discount
from lines
inner join baskets using (basket_id)
left join read_parquet($products) as products using (product_id)
order by lines.sold_at, lines.basket_id, lines.product_id
