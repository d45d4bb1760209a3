use sqlx::PgPool;

pub async fn count(pool: &PgPool) -> i64 {
    sqlx::query_scalar!("select count(*) as \"count!\" from orders").fetch_one(pool).await.unwrap()
}
