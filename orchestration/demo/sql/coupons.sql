-- One row for each coupon that a household redeemed, with the type of its campaign.
select
    redemptions.household_id as household,
    redemptions.coupon_upc as coupon,
    redemptions.campaign_id as campaign,
    descriptions.campaign_type,
    strftime(redemptions.redemption_date, '%Y-%m-%d') as redeemed_on
from read_parquet($coupon_redemptions) as redemptions
inner join read_parquet($campaign_descriptions) as descriptions using (campaign_id)
order by redeemed_on, household, coupon, campaign
