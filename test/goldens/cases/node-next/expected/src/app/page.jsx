export default function Page() {
  return <p>Portal</p>;
}
